import type { Http } from "./http.js";
import type { AnswerOf, BodyOf } from "./operation.js";

/** A new entry. `secret` may be in plain, over TLS, or sealed (`sealKey`). */
export type CreateAiLlmRequest = BodyOf<"/ai/llm", "post">;

/** What of an entry is to change. */
export type UpdateAiLlmRequest = BodyOf<"/ai/llm/{ai_llm_id}", "put">;

export type CreateAiLlmResponse = AnswerOf<"/ai/llm", "post">;
export type GetAiLlmsResponse = AnswerOf<"/ai/llm", "get">;
export type UpdateAiLlmResponse = AnswerOf<"/ai/llm/{ai_llm_id}", "put">;
export type DeleteAiLlmResponse = AnswerOf<"/ai/llm/{ai_llm_id}", "delete">;

/** `success` false: the provider refused, and `message` says why. */
export type ValidateAiLlmResponse = AnswerOf<"/ai/llm/{ai_llm_id}/validate", "post">;
export type AiLlmStatsResponse = AnswerOf<"/ai/llm/stats", "get">;

/** An entry as the server shows it: `key` is a mask, and the secret is never there. */
export type AiLlm = GetAiLlmsResponse["aiLlms"][number];

/** What one entry has used. */
export type AiLlmStats = AiLlmStatsResponse["stats"][number];

/** `/ai/llm`: entries without a model of their own, which programs call as `<name>/<model>`. */
export class AiLlms {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  create(data: CreateAiLlmRequest): Promise<CreateAiLlmResponse> {
    return this.#http.json("post", "/ai/llm", { body: data });
  }

  list(workspaceId?: string): Promise<GetAiLlmsResponse> {
    return this.#http.json("get", "/ai/llm", { query: { workspaceId } });
  }

  available(): Promise<GetAiLlmsResponse> {
    return this.#http.json("get", "/ai/llm/available");
  }

  update(id: string, data: UpdateAiLlmRequest): Promise<UpdateAiLlmResponse> {
    return this.#http.json("put", "/ai/llm/{id}", { path: { id }, body: data });
  }

  delete(id: string): Promise<DeleteAiLlmResponse> {
    return this.#http.json("delete", "/ai/llm/{id}", { path: { id } });
  }

  validate(id: string): Promise<ValidateAiLlmResponse> {
    return this.#http.json("post", "/ai/llm/{id}/validate", { path: { id } });
  }

  stats(aiLlmId?: string): Promise<AiLlmStatsResponse> {
    return this.#http.json("get", "/ai/llm/stats", { query: { aiLlmId } });
  }
}
