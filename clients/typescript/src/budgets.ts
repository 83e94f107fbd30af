import type { Http } from "./http.js";
import type { AnswerOf, BodyOf, QueryOf } from "./operation.js";

/** A new budget. Without `subject`, it is for the whole workspace. */
export type CreateBudgetRequest = BodyOf<"/api/budgets", "post">;
export type UpdateBudgetRequest = BodyOf<"/api/budgets/{budget_id}", "put">;
export type BudgetQuery = QueryOf<"/api/budgets", "get">;

/** With what is spent of it, reserved and left. */
export type Budget = AnswerOf<"/api/budgets/{budget_id}", "get">;

/** `/api/budgets`: what may be spent in a period. */
export class Budgets {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  create(data: CreateBudgetRequest): Promise<Budget> {
    return this.#http.json("post", "/api/budgets", { body: data });
  }

  /** A page of them, the newest first. */
  list(query: BudgetQuery = {}): Promise<Budget[]> {
    return this.#http.json("get", "/api/budgets", { query });
  }

  get(budgetId: string): Promise<Budget> {
    return this.#http.json("get", "/api/budgets/{budgetId}", { path: { budgetId } });
  }

  update(budgetId: string, data: UpdateBudgetRequest): Promise<Budget> {
    return this.#http.json("put", "/api/budgets/{budgetId}", { path: { budgetId }, body: data });
  }

  async delete(budgetId: string): Promise<void> {
    await this.#http.json("delete", "/api/budgets/{budgetId}", { path: { budgetId } });
  }
}
