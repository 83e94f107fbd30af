import type { Http } from "./http.js";
import type { AnswerOf, BodyOf } from "./operation.js";

/** Whether responses are kept and used again: `caching` of a route, a configuration or a feature. */
export type Caching = NonNullable<BodyOf<"/api/routes", "post">["caching"]>;

/** How the response cache of the workspace stands. */
export type CacheStanding = AnswerOf<"/api/cache", "get">;

/** `/api/cache`: the responses that are kept. */
export class Cache {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  get(): Promise<CacheStanding> {
    return this.#http.json("get", "/api/cache");
  }

  /** Delete all responses that are kept for the workspace. */
  async clear(): Promise<void> {
    await this.#http.json("delete", "/api/cache");
  }
}
