import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The only key that the fake providers take. */
export const GOOD_KEY = "sk-story-0123456789abcdef-x7Qd";

/** A little server that answers as OpenAI, Anthropic, Gemini and Ollama do. */
export interface FakeProviders {
  url: string;
  /** How many bytes of the download have been told so far; set `hold` to stop it there. */
  pull: { hold: boolean };
  close: () => Promise<void>;
}

const MODELS = ["story-large", "story-small"];
const LAYER = 4_000_000_000;
const STEPS = 40;
const STEP_MS = 100;

/** Starts it on a free port of this machine. */
export async function startProviders(): Promise<FakeProviders> {
  const pull = { hold: false };
  const installed = ["llama-story:latest"];
  const server = createServer((request, response) => {
    void answer(request, response, installed, pull);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    pull,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, installed: string[], pull: { hold: boolean }): Promise<void> {
  const path = (request.url ?? "").split("?")[0] ?? "";
  const body = await read(request);
  if (path.startsWith("/api/")) return ollama(path, body, response, installed, pull);
  const given = request.headers["x-api-key"] ?? request.headers["x-goog-api-key"] ?? request.headers.authorization?.replace("Bearer ", "");
  if (given !== GOOD_KEY) return json(response, { error: { type: "authentication_error", message: "Incorrect API key provided." } }, 401);
  switch (path) {
    case "/v1/models":
      return json(response, { data: MODELS.map((id) => ({ id, object: "model", type: "model", display_name: id, created: 1_760_000_000 })), has_more: false });
    case "/v1beta/models":
      return json(response, { models: MODELS.map((id) => ({ name: `models/${id}`, displayName: id, inputTokenLimit: 8192, supportedGenerationMethods: ["generateContent"] })) });
    case "/v1/chat/completions":
      return stream(response, [
        { id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: "ok" } }] },
        { id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
        { id: "c", choices: [], usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 } },
      ]);
    case "/v1/messages":
      return stream(response, [
        { type: "message_start", message: { id: "m", type: "message", role: "assistant", model: "story", content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 5, output_tokens: 1 } } },
        { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
        { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "ok" } },
        { type: "content_block_stop", index: 0 },
        { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } },
        { type: "message_stop" },
      ]);
    default:
      if (path.endsWith(":streamGenerateContent")) {
        return stream(response, [
          { candidates: [{ content: { role: "model", parts: [{ text: "ok" }] }, finishReason: "STOP", index: 0 }], usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1, totalTokenCount: 6 } },
        ]);
      }
      return json(response, { error: { message: "There is nothing here." } }, 404);
  }
}

async function ollama(path: string, body: Record<string, unknown>, response: ServerResponse, installed: string[], pull: { hold: boolean }): Promise<void> {
  const line = (value: object) => response.write(`${JSON.stringify(value)}\n`);
  switch (path) {
    case "/api/tags":
      return json(response, { models: installed.map((name) => ({ name, model: name, size: LAYER, details: { family: "llama" } })) });
    case "/api/show":
      return json(response, { details: { family: "llama" }, model_info: { "llama.context_length": 8192 }, capabilities: ["completion"] });
    case "/api/chat":
      line({ model: body["model"], message: { role: "assistant", content: "ok" }, done: false });
      line({ model: body["model"], message: { role: "assistant", content: "" }, done: true, done_reason: "stop", prompt_eval_count: 5, eval_count: 1 });
      response.end();
      return;
    case "/api/pull":
      line({ status: "pulling manifest" });
      for (let step = 1; step <= STEPS; step += 1) {
        await pause(STEP_MS);
        if (step > STEPS / 2) await released(pull);
        line({ status: "pulling 6a0746a1ec1a", digest: "sha256:6a0746a1ec1a", total: LAYER, completed: (LAYER / STEPS) * step });
      }
      installed.push(`${String(body["model"])}:latest`);
      line({ status: "success" });
      response.end();
      return;
    default:
      return json(response, { error: "not found" }, 404);
  }
}

async function released(pull: { hold: boolean }): Promise<void> {
  while (pull.hold) await pause(STEP_MS);
}

const pause = (milliseconds: number) => new Promise((go) => setTimeout(go, milliseconds));

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function stream(response: ServerResponse, events: Record<string, unknown>[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) {
    if (typeof event["type"] === "string") response.write(`event: ${event["type"]}\n`);
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
  if (events[0]?.["object"] === "chat.completion.chunk") response.write("data: [DONE]\n\n");
  response.end();
}
