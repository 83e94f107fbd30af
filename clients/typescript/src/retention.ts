import type { Http } from "./http.js";
import type { AnswerOf, BodyOf } from "./operation.js";

/** After how many days things are deleted in the workspace; null where they are kept. */
export type RetentionDays = AnswerOf<"/api/retention", "get">;

/** How long the workspace keeps things; null: as long as the installation. */
export type UpdateRetentionRequest = BodyOf<"/api/retention", "put">;

/** `/api/retention`: how long things are kept. */
export class Retention {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  get(): Promise<RetentionDays> {
    return this.#http.json("get", "/api/retention");
  }

  update(data: UpdateRetentionRequest): Promise<RetentionDays> {
    return this.#http.json("put", "/api/retention", { body: data });
  }
}
