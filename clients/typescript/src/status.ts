import { readEvents } from "./events.js";
import type { Http } from "./http.js";
import type { AnswerOf, QueryOf } from "./operation.js";

/** Which page, and how long each cell of history is. */
export type StatusQuery = QueryOf<"/api/status", "get">;
export type Status = AnswerOf<"/api/status", "get">;
export type ConfigurationStatus = Status["configurations"][number];

/** A configuration whose state is another one now. */
export type StatusChange = Omit<
  ConfigurationStatus,
  "breakers" | "calls" | "failures" | "errors" | "uptime" | "p50Ms" | "p95Ms" | "cells"
>;

/** `/api/status`: how configurations and providers are. */
export class Health {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** All providers, and a page of configurations, the newest first. */
  read(query: StatusQuery = {}): Promise<Status> {
    return this.#http.json("get", "/api/status", { query });
  }

  /**
   * Changes of state from the moment on that `ready` is called: read the status then, and nothing is missed. The server
   * ends the stream after 15 minutes; follow it anew. Leaving the loop early cancels the request.
   */
  async *follow({ ready, ...options }: { signal?: AbortSignal; ready?: () => void } = {}): AsyncGenerator<
    StatusChange,
    void,
    undefined
  > {
    const response = await this.#http.send("get", "/api/status/stream", {
      ...options,
      headers: { accept: "text/event-stream" },
    });
    if (response.body === null) return;
    for await (const { event, data } of readEvents(response.body)) {
      if (event === "ready") ready?.();
      if (event === "change") yield JSON.parse(data) as StatusChange;
    }
  }
}
