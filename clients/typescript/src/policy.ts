import type { Http } from "./http.js";

export type RiskType = "LOW" | "MEDIUM" | "HIGH";

/** What follows when a call breaks a policy: 0 it is written down, 1 somebody is alerted, 2 it is blocked. */
export type PolicyAction = 0 | 1 | 2;

/** A new policy. Without `rule`, a model judges calls by `content`; with it, `content` only explains the rule. */
export interface CreatePolicyRequest {
  name: string;
  content: string;
  riskType: RiskType;
  actionType: PolicyAction;
  orgId: string;
  workspaceId?: string | null;
  repoId?: string | null;
  keyId?: string | null;
  rule?: Record<string, unknown> | null;
  failMode?: "open" | "closed";
}

/** What of a policy may change: where it holds stays as it is. */
export type UpdatePolicyRequest = Partial<
  Pick<CreatePolicyRequest, "name" | "content" | "riskType" | "actionType" | "rule" | "failMode">
>;

export interface Policy extends Required<Omit<CreatePolicyRequest, "rule">> {
  id: string;
  rule: Record<string, unknown> | null;
  createdAt: string;
  updatedAt: string;
}

export interface PolicyResponse {
  success: boolean;
  policy: Policy;
}

export interface PoliciesResponse {
  success: boolean;
  policies: Policy[];
}

export interface DeletePolicyResponse {
  success: boolean;
  message?: string;
}

/** Which violations are asked for. Times are ISO 8601; `take` is at most 100. */
export interface ViolationQuery {
  workspaceId?: string;
  repoId?: string;
  from?: string;
  to?: string;
  skip?: number;
  take?: number;
}

/** Alerts can be narrowed further; several values have commas between. */
export interface AlertQuery extends ViolationQuery {
  llmType?: string;
  llmModel?: string;
  host?: string;
}

export interface PolicyViolation {
  id: string;
  policyId: string;
  policyName: string;
  userId: string;
  workspaceId: string;
  repoId: string | null;
  aiLlmId: string | null;
  llmType: string;
  llmModel: string;
  actionType: PolicyAction;
  explanation: string;
  timestamp: string;
}

interface Paged {
  success: boolean;
  total: number;
  skip: number;
  take: number;
}

export interface ViolationsResponse extends Paged {
  violations: PolicyViolation[];
}

export interface AlertsResponse extends Paged {
  alerts: PolicyViolation[];
}

/** `/policy`: what calls may not do, and which did. */
export class Policies {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  create(data: CreatePolicyRequest): Promise<PolicyResponse> {
    return this.#http.json("post", "/policy", { body: data });
  }

  list(orgId: string, scope: { workspaceId?: string; repoId?: string } = {}): Promise<PoliciesResponse> {
    return this.#http.json("get", "/policy", { query: { orgId, ...scope } });
  }

  get(policyId: string): Promise<PolicyResponse> {
    return this.#http.json("get", "/policy/{policyId}", { path: { policyId } });
  }

  update(policyId: string, data: UpdatePolicyRequest): Promise<PolicyResponse> {
    return this.#http.json("put", "/policy/{policyId}", { path: { policyId }, body: data });
  }

  delete(policyId: string): Promise<DeletePolicyResponse> {
    return this.#http.json("delete", "/policy/{policyId}", { path: { policyId } });
  }

  violations(query: ViolationQuery = {}, policyId?: string): Promise<ViolationsResponse> {
    return this.#http.json("get", policyId ? "/policy/{policyId}/violations" : "/policy/violations", {
      path: { policyId },
      query,
    });
  }

  alerts(query: AlertQuery = {}, policyId?: string): Promise<AlertsResponse> {
    return this.#http.json("get", policyId ? "/policy/{policyId}/alerts" : "/policy/alerts", {
      path: { policyId },
      query,
    });
  }
}
