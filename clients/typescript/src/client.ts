import {
  AiLlms,
  type AiLlmStatsResponse,
  type CreateAiLlmRequest,
  type CreateAiLlmResponse,
  type DeleteAiLlmResponse,
  type GetAiLlmsResponse,
  type UpdateAiLlmRequest,
  type UpdateAiLlmResponse,
  type ValidateAiLlmResponse,
} from "./ai-llm.js";
import { Alerts } from "./alerts.js";
import { Audit } from "./audit.js";
import { Cache } from "./cache.js";
import { Batches } from "./batches.js";
import { Budgets } from "./budgets.js";
import { Capture } from "./capture.js";
import { Chat } from "./chat.js";
import { Conversations } from "./conversations.js";
import { type ClientOptions, Http } from "./http.js";
import { Drafts } from "./drafts.js";
import { Files } from "./files.js";
import { IdentityProviders } from "./identity-providers.js";
import { Limits } from "./limits.js";
import { McpServers } from "./mcp-servers.js";
import { Retention } from "./retention.js";
import { Prices, Requests, Usage } from "./usage.js";
import type { AnswerOf, Method, PathsOf, Rest } from "./operation.js";
import {
  type AlertQuery,
  type AlertsResponse,
  type CreatePolicyRequest,
  type DeletePolicyResponse,
  Policies,
  type PoliciesResponse,
  type PolicyPreview,
  type PolicyResponse,
  type PreviewPolicyRequest,
  type UpdatePolicyRequest,
  type ViolationQuery,
  type ViolationsResponse,
} from "./policy.js";
import { type EncryptionKey, sealKey } from "./seal.js";
import { Health } from "./status.js";

/**
 * A client of one Trunkline server.
 *
 * `get`, `post`, `put`, `patch` and `delete` reach every operation of its management API, typed from its OpenAPI
 * document. Answers that are not 2xx throw {@link TrunklineError}.
 */
export class TrunklineClient {
  /** Chat in OpenAI's format, whole or streamed. */
  readonly chat: Chat;
  /** Many requests at once, answered within a day. */
  readonly batches: Batches;
  /** The requests of batches, their results, and what models read. */
  readonly files: Files;
  /** Streamed answers of conversations and features. */
  readonly conversations: Conversations;
  /** What is kept of the content of requests. */
  readonly capture: Capture;
  /** How much each may use. */
  readonly limits: Limits;
  /** What may be spent. */
  readonly budgets: Budgets;
  readonly cache: Cache;
  readonly retention: Retention;
  /** What was used, and what it cost. */
  readonly usage: Usage;
  /** Requests one by one. */
  readonly requests: Requests;
  /** What models cost the workspace, in place of the prices of the list. */
  readonly prices: Prices;
  /** Configurations that are not saved. */
  readonly drafts: Drafts;
  /** How configurations and providers are. */
  readonly status: Health;
  /** What is wrong, and who is told. */
  readonly alerts: Alerts;
  /** Who changed what. */
  readonly audit: Audit;
  /** By whom people may sign in. */
  readonly identityProviders: IdentityProviders;
  /** MCP servers that are reached through the gateway. */
  readonly mcpServers: McpServers;
  readonly #http: Http;
  readonly #aiLlms: AiLlms;
  readonly #policies: Policies;

  constructor(options: ClientOptions) {
    this.#http = new Http(options);
    this.#aiLlms = new AiLlms(this.#http);
    this.#policies = new Policies(this.#http);
    this.chat = new Chat(this.#http);
    this.batches = new Batches(this.#http);
    this.files = new Files(this.#http);
    this.conversations = new Conversations(this.#http);
    this.capture = new Capture(this.#http);
    this.limits = new Limits(this.#http);
    this.budgets = new Budgets(this.#http);
    this.cache = new Cache(this.#http);
    this.retention = new Retention(this.#http);
    this.usage = new Usage(this.#http);
    this.requests = new Requests(this.#http);
    this.prices = new Prices(this.#http);
    this.drafts = new Drafts(this.#http);
    this.status = new Health(this.#http);
    this.alerts = new Alerts(this.#http);
    this.audit = new Audit(this.#http);
    this.identityProviders = new IdentityProviders(this.#http);
    this.mcpServers = new McpServers(this.#http);
  }

  get<P extends PathsOf<"get">>(path: P, ...rest: Rest<P, "get">): Promise<AnswerOf<P, "get">> {
    return this.#ask("get", path, rest);
  }

  /** A page of a list that takes `limit` and `cursor`; `next` is the `cursor` of the page after it. */
  page<P extends PathsOf<"get">>(
    path: P,
    ...rest: Rest<P, "get">
  ): Promise<{ items: AnswerOf<P, "get">; next: string | null }> {
    return this.#http.page(path, rest[0]);
  }

  post<P extends PathsOf<"post">>(path: P, ...rest: Rest<P, "post">): Promise<AnswerOf<P, "post">> {
    return this.#ask("post", path, rest);
  }

  put<P extends PathsOf<"put">>(path: P, ...rest: Rest<P, "put">): Promise<AnswerOf<P, "put">> {
    return this.#ask("put", path, rest);
  }

  patch<P extends PathsOf<"patch">>(path: P, ...rest: Rest<P, "patch">): Promise<AnswerOf<P, "patch">> {
    return this.#ask("patch", path, rest);
  }

  delete<P extends PathsOf<"delete">>(path: P, ...rest: Rest<P, "delete">): Promise<AnswerOf<P, "delete">> {
    return this.#ask("delete", path, rest);
  }

  /**
   * Seal a provider's key for `url` (the provider's address), so that it can be sent wherever a key is asked for and
   * only the server's vault opens it. It is bound to the caller and the workspace that they work in.
   */
  async sealKey(secret: string, place: { url: string; userId: string; workspaceId: string }): Promise<string> {
    return sealKey(await this.#http.json<EncryptionKey>("get", "/api/encryption-key"), place, secret);
  }

  createAiLlm(data: CreateAiLlmRequest): Promise<CreateAiLlmResponse> {
    return this.#aiLlms.create(data);
  }

  getAiLlms(workspaceId?: string): Promise<GetAiLlmsResponse> {
    return this.#aiLlms.list(workspaceId);
  }

  getAvailableAiLlms(): Promise<GetAiLlmsResponse> {
    return this.#aiLlms.available();
  }

  updateAiLlm(id: string, data: UpdateAiLlmRequest): Promise<UpdateAiLlmResponse> {
    return this.#aiLlms.update(id, data);
  }

  deleteAiLlm(id: string): Promise<DeleteAiLlmResponse> {
    return this.#aiLlms.delete(id);
  }

  validateAiLlm(id: string): Promise<ValidateAiLlmResponse> {
    return this.#aiLlms.validate(id);
  }

  getAiLlmStats(aiLlmId?: string): Promise<AiLlmStatsResponse> {
    return this.#aiLlms.stats(aiLlmId);
  }

  createPolicy(data: CreatePolicyRequest): Promise<PolicyResponse> {
    return this.#policies.create(data);
  }

  getPolicies(orgId: string, scope: { workspaceId?: string; repoId?: string } = {}): Promise<PoliciesResponse> {
    return this.#policies.list(orgId, scope);
  }

  getPolicy(policyId: string): Promise<PolicyResponse> {
    return this.#policies.get(policyId);
  }

  updatePolicy(policyId: string, data: UpdatePolicyRequest): Promise<PolicyResponse> {
    return this.#policies.update(policyId, data);
  }

  deletePolicy(policyId: string): Promise<DeletePolicyResponse> {
    return this.#policies.delete(policyId);
  }

  getPolicyViolations(query: ViolationQuery = {}): Promise<ViolationsResponse> {
    return this.#policies.violations(query);
  }

  getPolicyViolationsByPolicyId(policyId: string, query: ViolationQuery = {}): Promise<ViolationsResponse> {
    return this.#policies.violations(query, policyId);
  }

  /** Which calls of the last hours a policy would have found. Nothing is saved. */
  previewPolicy(data: PreviewPolicyRequest): Promise<PolicyPreview> {
    return this.#policies.preview(data);
  }

  /** Alerts of all policies, or of one. */
  getPolicyAlerts(query: AlertQuery & { policyId?: string } = {}): Promise<AlertsResponse> {
    const { policyId, ...rest } = query;
    return this.#policies.alerts(rest, policyId);
  }

  #ask<T>(method: Method, path: string, rest: [options?: object]): Promise<T> {
    return this.#http.json<T>(method, path, rest[0]);
  }
}
