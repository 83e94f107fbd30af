import { readEvents } from "./events.js";
import type { Http } from "./http.js";
import type { AnswerOf, BodyOf, QueryOf } from "./operation.js";

/** Which usage is asked for, and how it is told apart: by `interval`, `by` and `compare`. */
export type UsageQuery = QueryOf<"/api/usage", "get">;
export type UsageAnswer = AnswerOf<"/api/usage", "get">;
export type UsageReportQuery = QueryOf<"/api/usage/report", "get">;
export type UsageReport = AnswerOf<"/api/usage/report", "get">;
export type RequestQuery = QueryOf<"/api/requests", "get">;
export type RequestSummary = AnswerOf<"/api/requests", "get">[number];
export type RequestDetails = AnswerOf<"/api/requests/{request_id}", "get">;
export type Correction = AnswerOf<"/api/usage/corrections", "get">[number];
export type CreateCorrectionRequest = BodyOf<"/api/usage/corrections", "post">;
export type Price = AnswerOf<"/api/prices/{price_id}", "get">;
export type PriceRequest = BodyOf<"/api/prices", "post">;

/** `/api/usage`: what was used, and what it cost. */
export class Usage {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Figures, and a page of the requests that they are of. */
  get(query: UsageQuery = {}): Promise<UsageAnswer> {
    return this.#http.json("get", "/api/usage", { query });
  }

  /** The figures of each interval, and apart, as a file. */
  async export(query: QueryOf<"/api/usage/export", "get"> = {}): Promise<Blob> {
    return (await this.#http.send("get", "/api/usage/export", { query })).blob();
  }

  report(query: UsageReportQuery = {}): Promise<UsageReport> {
    return this.#http.json("get", "/api/usage/report", { query });
  }

  corrections(): Promise<Correction[]> {
    return this.#http.json("get", "/api/usage/corrections", {});
  }

  correct(data: CreateCorrectionRequest): Promise<Correction> {
    return this.#http.json("post", "/api/usage/corrections", { body: data });
  }
}

/** `/api/requests`: requests one by one. */
export class Requests {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** A page of them, the newest first. */
  list(query: RequestQuery = {}): Promise<RequestSummary[]> {
    return this.#http.json("get", "/api/requests", { query });
  }

  /** The whole life of one, by its request id or the id of its usage event. */
  get(requestId: string): Promise<RequestDetails> {
    return this.#http.json("get", "/api/requests/{requestId}", { path: { requestId } });
  }

  /** All of them as a file. */
  async export(query: QueryOf<"/api/requests/export", "get"> = {}): Promise<Blob> {
    return (await this.#http.send("get", "/api/requests/export", { query })).blob();
  }

  /**
   * Requests as they end, about a second later. The server ends the stream after `seconds` (an hour): follow it anew.
   * Leaving the loop early cancels the request.
   */
  async *follow(
    query: QueryOf<"/api/requests/stream", "get"> = {},
    options: { signal?: AbortSignal } = {},
  ): AsyncGenerator<RequestSummary, void, undefined> {
    const headers = { accept: "text/event-stream" };
    const response = await this.#http.send("get", "/api/requests/stream", { ...options, query, headers });
    if (response.body === null) return;
    for await (const { event, data } of readEvents(response.body)) {
      if (event === "request") yield JSON.parse(data) as RequestSummary;
    }
  }
}

/** `/api/prices`: what models cost the workspace, in place of the prices of the list. */
export class Prices {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  create(data: PriceRequest): Promise<Price> {
    return this.#http.json("post", "/api/prices", { body: data });
  }

  list(): Promise<Price[]> {
    return this.#http.json("get", "/api/prices", {});
  }

  get(priceId: string): Promise<Price> {
    return this.#http.json("get", "/api/prices/{priceId}", { path: { priceId } });
  }

  replace(priceId: string, data: PriceRequest): Promise<Price> {
    return this.#http.json("put", "/api/prices/{priceId}", { path: { priceId }, body: data });
  }

  async delete(priceId: string): Promise<void> {
    await this.#http.json("delete", "/api/prices/{priceId}", { path: { priceId } });
  }
}
