import type { Http } from "./http.js";
import type { AnswerOf, BodyOf, QueryOf } from "./operation.js";

/** A new limit. Without `subjectId`, each of that kind has it for itself. */
export type CreateLimitRequest = BodyOf<"/api/limits", "post">;

/** What of a limit may change: how much it is. */
export type UpdateLimitRequest = BodyOf<"/api/limits/{limit_id}", "put">;

/** Which limits are asked for. */
export type LimitQuery = QueryOf<"/api/limits", "get">;
export type Limit = AnswerOf<"/api/limits/{limit_id}", "get">;

/** `/api/limits`: how much of what each may use. */
export class Limits {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  create(data: CreateLimitRequest): Promise<Limit> {
    return this.#http.json("post", "/api/limits", { body: data });
  }

  /** A page of them, the newest first. */
  list(query: LimitQuery = {}): Promise<Limit[]> {
    return this.#http.json("get", "/api/limits", { query });
  }

  get(limitId: string): Promise<Limit> {
    return this.#http.json("get", "/api/limits/{limitId}", { path: { limitId } });
  }

  update(limitId: string, data: UpdateLimitRequest): Promise<Limit> {
    return this.#http.json("put", "/api/limits/{limitId}", { path: { limitId }, body: data });
  }

  async delete(limitId: string): Promise<void> {
    await this.#http.json("delete", "/api/limits/{limitId}", { path: { limitId } });
  }
}
