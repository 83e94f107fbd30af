import { readEvents } from "./events.js";
import type { Http } from "./http.js";
import type { BodyOf, RequestOptions } from "./operation.js";

/** What a running answer tells. `id` is where to resume after it. */
export type AnswerEvent = { id: string } & (
  | { type: "start"; requestId: string; conversationId: string; messageId: string; model: string }
  | { type: "delta"; text: string }
  | { type: "reasoning"; text: string }
  | { type: "image"; url: string }
  /** Of a tried feature that makes vectors: their length, and the beginning of the first. */
  | { type: "vector"; dimensions: number; first: number[] }
  | {
      type: "done";
      finishReason: string | null;
      usage: Record<string, number> | null;
      costUSD: number | null;
      /** Of conversations alone. */
      firstTokenMs?: number | null;
      durationMs?: number | null;
    }
  | { type: "error"; code: string; message: string; retryable: boolean }
);

/** Streamed answers of conversations and features. The rest of them is reached with `client.get`, `client.post`, … */
export class Conversations {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Say something, and follow the answer. It goes on when the reader leaves: `resume` finds it, `stop` ends it. */
  send(
    conversationId: string,
    message: { content: unknown; parentId?: string | null },
    options: RequestOptions = {},
  ): AsyncGenerator<AnswerEvent, void, undefined> {
    const body = { ...message, stream: true };
    return this.#follow("post", "/api/conversations/{id}/messages", { path: { id: conversationId }, body, ...options });
  }

  /** Have an answer written anew, beside the old one. Without a message: the last one. */
  regenerate(
    conversationId: string,
    messageId?: string,
    options: RequestOptions = {},
  ): AsyncGenerator<AnswerEvent, void, undefined> {
    const body = messageId === undefined ? {} : { messageId };
    const path = { id: conversationId };
    return this.#follow("post", "/api/conversations/{id}/regenerate", { path, body, ...options });
  }

  /**
   * Follow an answer again: the running one, or that of `messageId`; from its beginning, or from the event after
   * `lastEventId`. Ends at once when nothing is left to tell.
   */
  resume(
    conversationId: string,
    from: { messageId?: string; lastEventId?: string } = {},
    options: RequestOptions = {},
  ): AsyncGenerator<AnswerEvent, void, undefined> {
    const last = from.lastEventId === undefined ? {} : { "last-event-id": from.lastEventId };
    return this.#follow("get", "/api/conversations/{id}/stream", {
      path: { id: conversationId },
      query: { messageId: from.messageId },
      ...options,
      headers: { ...options.headers, ...last },
    });
  }

  /**
   * An address for a browser's `EventSource`, which cannot send a token: it opens once, within a minute. When the
   * connection is lost, close the `EventSource` and open another with a new address and `lastEventId`.
   */
  async streamUrl(conversationId: string, from: { messageId?: string; lastEventId?: string } = {}): Promise<string> {
    const path = { id: conversationId };
    const { ticket } = await this.#http.json<{ ticket: string }>("post", "/api/conversations/{id}/tickets", { path });
    return this.#http.url("/api/conversations/{id}/stream", { path, query: { ...from, ticket } });
  }

  /** End a running answer; what is there of it is kept. */
  stop(conversationId: string): Promise<unknown> {
    return this.#http.json("post", "/api/conversations/{id}/stop", { path: { id: conversationId }, body: {} });
  }

  /** A picture or a PDF of one's own, by the `url` that stands in a message. */
  async file(url: string, options: RequestOptions = {}): Promise<Blob> {
    const id = url.slice(url.lastIndexOf("/") + 1);
    return (await this.#http.send("get", "/api/pictures/{id}", { path: { id }, ...options })).blob();
  }

  /** The conversation to take away: all branches as JSON, or the shown one as Markdown. */
  async export(conversationId: string, format: "json" | "markdown" = "json"): Promise<Blob> {
    const path = { id: conversationId };
    return (await this.#http.send("get", "/api/conversations/{id}/export", { path, query: { format } })).blob();
  }

  /** Run a feature once, without a conversation. */
  run(
    slug: string,
    input: { input?: string; prompt?: string; messages?: unknown[] },
    options: RequestOptions = {},
  ): AsyncGenerator<AnswerEvent, void, undefined> {
    const body = { ...input, stream: true };
    return this.#follow("post", "/api/features/{slug}/run", { path: { slug }, body, ...options });
  }

  /** Try a feature with `settings` laid over the saved ones, which stay as they are. For admins. */
  test(
    slug: string,
    given: BodyOf<"/api/features/{slug}/test", "post">,
    options: RequestOptions = {},
  ): AsyncGenerator<AnswerEvent, void, undefined> {
    return this.#follow("post", "/api/features/{slug}/test", { path: { slug }, body: given, ...options });
  }

  async *#follow(
    method: string,
    template: string,
    asked: Parameters<Http["send"]>[2] & object,
  ): AsyncGenerator<AnswerEvent, void, undefined> {
    const headers = { ...asked.headers, accept: "text/event-stream" };
    const response = await this.#http.send(method, template, { ...asked, headers });
    if (!response.body) return;
    for await (const { event, data, id } of readEvents(response.body)) {
      yield { id, type: event, ...JSON.parse(data) } as AnswerEvent;
    }
  }
}
