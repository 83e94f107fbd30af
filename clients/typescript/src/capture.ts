import type { Http } from "./http.js";
import type { AnswerOf, BodyOf } from "./operation.js";

/** What is to be captured. Without `rate`, and with `enabled`, every request is. */
export type UpdateCaptureRequest = BodyOf<"/api/capture", "put">;

/** What is captured of the content of requests. */
export type CaptureSettings = AnswerOf<"/api/capture", "get">;

/** `/api/capture`: what the workspace keeps of the content of its requests. For its admins. */
export class Capture {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  get(): Promise<CaptureSettings> {
    return this.#http.json("get", "/api/capture");
  }

  update(data: UpdateCaptureRequest): Promise<CaptureSettings> {
    return this.#http.json("put", "/api/capture", { body: data });
  }

  /** Deletes all that was captured. Gives of how many requests that was. */
  async erase(): Promise<number> {
    const answer: AnswerOf<"/api/capture", "delete"> = await this.#http.json("delete", "/api/capture");
    return answer.erased;
  }
}
