import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page } from "@playwright/test";
import { EMAIL, PASSWORD } from "./support";

/** A provider on this machine that speaks OpenAI's format, and answers by what it is asked for. */
export interface Model {
  url: string;
  /** The bodies of the calls that came, the oldest first. */
  asked: { model: string; messages: { role: string; content: unknown }[]; [name: string]: unknown }[];
  /** How many answers were given up by who asked. */
  left: () => number;
  close: () => Promise<void>;
}

const WORD_MS = 60;

const MARKDOWN = [
  "With two people, protect the path that a new user takes. Everything else can wait.\n\n",
  "| Day | Must | Can wait |\n| --- | --- | --- |\n| Mon | Freeze features; fix sign-up on Safari | Blog post |\n| Tue | Load test at 3 × of Friday’s peak | New icons |\n\n",
  "```python\nfor day in range(3):\n    print(day)\n```\n\nThe mass is $m = \\frac{E}{c^2}$.\n\n",
  "[Read more](https://example.com/more) ![spy](https://example.com/spy.png)\n\n<img src=x onerror=\"window.broken=1\"><script>window.broken=1</script> [run](javascript:window.broken=1)\n",
];

const MODELS = ["gpt-4o-mini", "gpt-4o", "blind", "openai/gpt-4o-mini", "anthropic/claude-3.5-sonnet", "google/gemma-2-27b-it", "google/gemini-2.5-flash-image"];

/** An entry of the list of models, as OpenRouter has it. */
function listed(id: string): object {
  return {
    id,
    object: "model",
    created: 1_719_446_400,
    context_length: id.includes("gemma") ? 8_192 : 128_000,
    architecture: { input_modalities: id === "blind" || id.includes("gemma") ? ["text"] : ["text", "image"], output_modalities: ["text"] },
    pricing: { prompt: "0.00000027", completion: "0.00000027" },
    top_provider: { max_completion_tokens: 8_192 },
    supported_parameters: ["temperature", "top_p", "max_tokens", "presence_penalty", "response_format"],
  };
}

/** Starts it. */
export async function startModel(): Promise<Model> {
  const asked: Model["asked"] = [];
  let left = 0;
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? "", "http://any").pathname;
    if (path.endsWith("/models")) {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ object: "list", data: MODELS.map(listed) }));
      return;
    }
    if (path.endsWith("/key")) {
      const good = request.headers.authorization?.includes("bad") === false;
      response.writeHead(good ? 200 : 401, { "content-type": "application/json" });
      response.end(JSON.stringify(good ? { data: { label: "k", usage: 1.5, limit: 10, limit_remaining: 8.5 } } : { error: { code: 401, message: "No auth credentials found" } }));
      return;
    }
    void read(request).then((text) => {
      const body = JSON.parse(text) as Model["asked"][number];
      asked.push(body);
      response.on("close", () => {
        if (!response.writableFinished) left += 1;
      });
      void (path.endsWith("/responses") ? respond(body, response) : answer(body, response));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    left: () => left,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

function lastText(body: Model["asked"][number]): string {
  const content = body.messages.at(-1)?.content;
  return typeof content === "string" ? content : JSON.stringify(content);
}

async function answer(body: Model["asked"][number], response: ServerResponse): Promise<void> {
  const prompt = lastText(body);
  if (prompt.includes("refuse")) {
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: "Incorrect API key provided", type: "invalid_request_error", code: "invalid_api_key" } }));
    return;
  }
  const pieces = piecesOf(prompt, body.model);
  if (body["stream"] !== true) {
    const message = { role: "assistant", content: pieces.map((piece) => piece.text).join("") };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: "c", object: "chat.completion", model: body.model, choices: [{ index: 0, message, finish_reason: "stop" }], usage: usageOf(pieces.length) }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (event: object) => response.write(`data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: body.model, ...event })}\n\n`);
  for (const { text, kind, wait } of pieces) {
    if (response.destroyed) return;
    if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    send({ choices: [{ index: 0, delta: { [kind]: text } }] });
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  send({ choices: [], usage: usageOf(pieces.length) });
  response.end("data: [DONE]\n\n");
}

/** A stream in the format of OpenAI's Responses. */
async function respond(body: Model["asked"][number], response: ServerResponse): Promise<void> {
  const pieces = piecesOf(JSON.stringify(body["input"]).replaceAll(/^"|"$/g, ""), body.model);
  const text = pieces.map((piece) => piece.text).join("");
  const whole = {
    id: "resp_1", object: "response", created_at: 1, status: "completed", model: body.model,
    output: [{ type: "message", id: "msg_1", role: "assistant", status: "completed", content: [{ type: "output_text", text, annotations: [] }] }],
    usage: { input_tokens: 20, output_tokens: pieces.length, total_tokens: 20 + pieces.length },
  };
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (event: { type: string; [name: string]: unknown }) => response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  send({ type: "response.created", sequence_number: 0, response: { ...whole, status: "in_progress", output: [], usage: null } });
  for (const [place, piece] of pieces.entries()) {
    send({ type: "response.output_text.delta", sequence_number: place + 1, item_id: "msg_1", output_index: 0, content_index: 0, delta: piece.text });
  }
  send({ type: "response.completed", sequence_number: pieces.length + 1, response: whole });
  response.end();
}

const usageOf = (made: number) => ({ prompt_tokens: 20, completion_tokens: made, total_tokens: 20 + made });

interface Piece {
  text: string;
  kind: "content" | "reasoning_content";
  wait: number;
}

function words(count: number, wait: number): Piece[] {
  return Array.from({ length: count }, (_, place) => ({ text: `word${place} `, kind: "content", wait }));
}

function say(...texts: string[]): Piece[] {
  return texts.map((text) => ({ text, kind: "content", wait: 5 }));
}

function piecesOf(prompt: string, model: string): Piece[] {
  if (prompt.includes("slow")) return words(400, WORD_MS);
  if (prompt.includes("fast")) return words(1_200, 5);
  if (prompt.includes("huge")) return say(...Array.from({ length: 400 }, (_, place) => `## Part ${place}\n\n${"A sentence of some words that stands here. ".repeat(116)}\n\n`));
  if (prompt.includes("think")) return [{ text: "First I weigh it.", kind: "reasoning_content", wait: 5 }, ...say("It is so.")];
  if (prompt.includes("in a table")) return say(...MARKDOWN.slice(0, 2));
  if (prompt.includes("launch")) return say(...MARKDOWN);
  return say("Answer ", "of ", `${model} `, "to: ", prompt.slice(0, 60));
}

/** Adds a configuration to it, as the owner would. */
export async function addConfiguration(page: Page, model: Model, name: string, modelName = "gpt-4o-mini", more: object = {}): Promise<void> {
  const signedIn = await page.request.post("/api/auth/login", { data: { email: EMAIL, password: PASSWORD } });
  const { accessToken } = (await signedIn.json()) as { accessToken: string };
  const headers = { authorization: `Bearer ${accessToken}` };
  const data = { name, provider: "openai", model: modelName, baseUrl: model.url, apiKey: "sk-upstream-abcdefghijklmnop-7Qd", ...more };
  // After a failure a story goes on in another process, with another model.
  const there = (await (await page.request.get("/api/configurations", { headers })).json()) as { id: string; name: string }[];
  const before = there.find((each) => each.name === name);
  const made =
    before === undefined
      ? await page.request.post("/api/configurations", { data, headers })
      : await page.request.put(`/api/configurations/${before.id}`, { data, headers });
  expect(made.ok(), await made.text()).toBe(true);
}
