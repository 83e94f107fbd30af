import { readEvents } from "./events.js";
import type { Http } from "./http.js";
import type { AnswerOf, BodyOf } from "./operation.js";

/** A configuration that is not saved. Whatever is left out counts as not set. */
export type ConfigurationDraft = BodyOf<"/api/providers/{name}/test", "post">;
/** One step of a connection test. */
export type TestStage = AnswerOf<"/api/configurations/{configuration_id}/test", "post">["stages"][number];
/** How a connection test ended: `message` says whose fault it is, and what to do. */
export interface TestVerdict {
  success: boolean;
  message: string;
}

/** `/api/providers/{name}`: what is asked of a provider for a configuration that is not saved. */
export class Drafts {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Tests a draft, and gives `stage` each stage as it ends. Throws TrunklineError for a draft that is not valid. */
  async test(
    provider: string,
    body: ConfigurationDraft,
    options: { signal?: AbortSignal; stage?: (stage: TestStage) => void } = {},
  ): Promise<TestVerdict> {
    const response = await this.#http.send("post", "/api/providers/{name}/test", {
      path: { name: provider },
      body,
      signal: options.signal,
      headers: { accept: "text/event-stream" },
    });
    if (response.body !== null) {
      for await (const { event, data } of readEvents(response.body)) {
        if (event === "stage") options.stage?.(JSON.parse(data) as TestStage);
        if (event === "done") return JSON.parse(data) as TestVerdict;
      }
    }
    throw new Error("The connection to Trunkline broke off before the test had ended.");
  }
}
