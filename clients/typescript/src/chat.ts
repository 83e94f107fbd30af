import { TrunklineError } from "./error.js";
import { readEvents } from "./events.js";
import type { Http } from "./http.js";
import type { RequestOptions } from "./operation.js";

/** A message of OpenAI's chat format. `content` may be a list of parts, as there. */
export interface ChatMessage {
  role: "system" | "developer" | "user" | "assistant" | "tool";
  content?: string | Record<string, unknown>[] | null;
  [field: string]: unknown;
}

/** A chat request in OpenAI's format. `model` is any name that the server resolves: a route, a configuration, … */
export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  temperature?: number;
  top_p?: number;
  max_tokens?: number;
  user?: string;
  [field: string]: unknown;
}

export interface ChatUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  [field: string]: unknown;
}

export interface ChatCompletion {
  id: string;
  model: string;
  choices: { index: number; message: ChatMessage; finish_reason: string | null }[];
  usage?: ChatUsage;
  [field: string]: unknown;
}

/** One piece of a streamed answer. */
export interface ChatChunk {
  id: string;
  model: string;
  choices: { index: number; delta: Partial<ChatMessage>; finish_reason: string | null }[];
  usage?: ChatUsage | null;
  [field: string]: unknown;
}

/** `/v1/chat/completions`. For everything else that the gateway speaks, use a vendor's SDK with this server's address. */
export class Chat {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** The whole answer at once. */
  create(request: ChatRequest, options: RequestOptions = {}): Promise<ChatCompletion> {
    return this.#http.json("post", "/v1/chat/completions", { body: { ...request, stream: false }, ...options });
  }

  /**
   * The answer in pieces, as the model writes it. Leaving the loop, or aborting the signal, stops the model.
   * An error in the middle of an answer is thrown as {@link TrunklineError}.
   */
  async *stream(request: ChatRequest, options: RequestOptions = {}): AsyncGenerator<ChatChunk, void, undefined> {
    const body = { stream_options: { include_usage: true }, ...request, stream: true };
    const headers = { ...options.headers, accept: "text/event-stream" };
    const response = await this.#http.send("post", "/v1/chat/completions", { ...options, body, headers });
    if (!response.body) return;
    for await (const { data } of readEvents(response.body)) {
      if (data === "[DONE]") return;
      const chunk = JSON.parse(data) as ChatChunk & { error?: unknown };
      if (chunk.error) throw new TrunklineError(response.status, chunk, response.headers);
      yield chunk;
    }
  }

  /** The text of a streamed answer, piece by piece. */
  async *text(request: ChatRequest, options: RequestOptions = {}): AsyncGenerator<string, void, undefined> {
    for await (const chunk of this.stream(request, options)) {
      const piece = chunk.choices[0]?.delta.content;
      if (typeof piece === "string" && piece) yield piece;
    }
  }
}
