import type { Http } from "./http.js";

/** Whose models an entry leads to. */
export type AiType = "OPENAI" | "GOOGLE" | "ANTHROPIC" | "AWS" | "OTHER";

/** A new entry. `secret` may be in plain, over TLS, or sealed (`sealKey`). */
export interface CreateAiLlmRequest {
  name: string;
  aiType: AiType;
  endpoint: string;
  key?: string | null;
  secret: string;
  workspaceId: string;
}

/** What of an entry is to change. */
export type UpdateAiLlmRequest = Partial<Omit<CreateAiLlmRequest, "workspaceId">>;

/** An application that uses an entry. */
export interface AiLlmRepo {
  id: string;
  name: string;
  createdAt: string;
}

/** An entry as the server shows it: `key` is a mask, and the secret is never there. */
export interface AiLlm {
  id: string;
  orgId: string;
  workspaceId: string;
  userId: string;
  name: string;
  aiType: AiType;
  endpoint: string;
  key: string | null;
  createdAt: string;
  repos: AiLlmRepo[];
}

export interface CreateAiLlmResponse {
  success: boolean;
  aiLlmId: string;
  message: string;
}

export interface GetAiLlmsResponse {
  success: boolean;
  aiLlms: AiLlm[];
}

export interface UpdateAiLlmResponse {
  success: boolean;
  message: string;
}

export type DeleteAiLlmResponse = UpdateAiLlmResponse;

/** `success` false: the provider refused, and `message` says why. */
export type ValidateAiLlmResponse = UpdateAiLlmResponse;

/** What one entry has used. */
export interface AiLlmStats {
  aiLlmId: string;
  totalApiCalls: number;
  totalTokensIn: number;
  totalTokensOut: number;
  totalPolicyViolations: number;
  totalAlerts: number;
  totalBlocks: number;
}

export interface AiLlmStatsResponse {
  success: boolean;
  stats: AiLlmStats[];
}

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
