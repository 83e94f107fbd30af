import type { Http } from "./http.js";
import type { AnswerOf, QueryOf } from "./operation.js";

/** Which events are asked for. `from` is included, `to` is not. */
export type AuditQuery = QueryOf<"/api/audit", "get">;
export type AuditEvent = AnswerOf<"/api/audit", "get">[number];
export type AuditChain = AnswerOf<"/api/audit/verify", "get">;

/** `/api/audit`: who changed, tested or was refused what. */
export class Audit {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** A page of them, the newest first. */
  list(query: AuditQuery = {}): Promise<AuditEvent[]> {
    return this.#http.json("get", "/api/audit", { query });
  }

  /** All of them as a file. That it was made is in the log. */
  async export(query: QueryOf<"/api/audit/export", "get"> = {}): Promise<Blob> {
    return (await this.#http.send("get", "/api/audit/export", { query })).blob();
  }

  /** Whether anything was changed, removed or added behind Trunkline's back. */
  verify(): Promise<AuditChain> {
    return this.#http.json("get", "/api/audit/verify");
  }

  /** Take note of what `verify` finds, so that the log goes on from there. It is told ever after. For owners. */
  acknowledge(comment = ""): Promise<AuditChain> {
    return this.#http.json("post", "/api/audit/acknowledge", { body: { comment } });
  }
}
