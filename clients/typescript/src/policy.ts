import type { Http } from "./http.js";
import type { AnswerOf, BodyOf, QueryOf } from "./operation.js";

/** A new policy. Without `rule`, a model judges calls by `content`; with it, `content` only explains the rule. */
export type CreatePolicyRequest = BodyOf<"/policy", "post">;

/** What of a policy may change: where it holds stays as it is. */
export type UpdatePolicyRequest = BodyOf<"/policy/{policy_id}", "put">;

/** A policy that is to be tried on the calls of the last `hours`. */
export type PreviewPolicyRequest = BodyOf<"/policy/preview", "post">;
export type PolicyPreview = AnswerOf<"/policy/preview", "post">;

export type PolicyResponse = AnswerOf<"/policy/{policy_id}", "get">;
export type PoliciesResponse = AnswerOf<"/policy", "get">;
export type DeletePolicyResponse = AnswerOf<"/policy/{policy_id}", "delete">;
export type Policy = PolicyResponse["policy"];

/** Which violations are asked for. Times are ISO 8601; `take` is at most 100. */
export type ViolationQuery = QueryOf<"/policy/violations", "get">;

/** Alerts can be narrowed further; several values have commas between. */
export type AlertQuery = QueryOf<"/policy/alerts", "get">;
export type ViolationsResponse = AnswerOf<"/policy/violations", "get">;
export type AlertsResponse = AnswerOf<"/policy/alerts", "get">;
export type PolicyViolation = ViolationsResponse["violations"][number];

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

  preview(data: PreviewPolicyRequest): Promise<PolicyPreview> {
    return this.#http.json("post", "/policy/preview", { body: data });
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
