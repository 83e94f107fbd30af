import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const MODELS = 10_000;
const TICK_MS = 5;
/** One in so many tokens begins a paragraph, as in answers that people get. */
const PARAGRAPH = 60;

/** A provider that lists ten thousand models, and writes as many tokens as a message asks for, as fast: `tokens=… rate=… piece=…`. Gives its address. */
export async function startUpstream(): Promise<string> {
  const data = Array.from({ length: MODELS }, (_, at) => ({
    id: `maker-${at % 50}/model-${String(at).padStart(5, "0")}`, object: "model", created: 1_719_446_400, context_length: 128_000,
    architecture: { input_modalities: ["text"], output_modalities: ["text"] },
    pricing: { prompt: "0.00000027", completion: "0.00000027" },
  }));
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += String(piece)));
    request.on("end", () => {
      if (request.method === "GET") response.setHeader("content-type", "application/json").end(JSON.stringify({ object: "list", data }));
      else write(body, response);
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

function write(body: string, response: ServerResponse): void {
  // What was said last counts.
  const [, tokens = 1, rate = 1, piece = 1] = [...body.matchAll(/tokens=(\d+) rate=(\d+) piece=(\d+)/g)].at(-1)?.map(Number) ?? [];
  const began = performance.now();
  let sent = 0;
  const send = (event: object) => response.write(`data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "bench", ...event })}\n\n`);
  response.writeHead(200, { "content-type": "text/event-stream" });
  const timer = setInterval(() => {
    const due = Math.min(tokens, ((performance.now() - began) / 1_000) * rate);
    for (; sent < due; sent += piece) send({ choices: [{ index: 0, delta: { content: (sent % PARAGRAPH === 0 ? "\n\nA **word**" : " word") + " word".repeat(piece - 1) } }] });
    if (sent < tokens) return;
    clearInterval(timer);
    send({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: { prompt_tokens: 9, completion_tokens: sent, total_tokens: 9 + sent } });
    response.end("data: [DONE]\n\n");
  }, TICK_MS);
  response.on("close", () => clearInterval(timer));
}
