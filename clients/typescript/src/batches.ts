import type { Http } from "./http.js";

/** One request of a batch: `body` is what would be posted to the batch's endpoint. */
export interface BatchRequest {
  custom_id: string;
  body: Record<string, unknown>;
}

/** How a batch stands. */
export interface Batch {
  id: string;
  status: "in_progress" | "cancelling" | "completed" | "cancelled" | "expired" | "failed";
  endpoint: string;
  model: string;
  input_file_id: string;
  output_file_id: string | null;
  error_file_id: string | null;
  created_at: number;
  expires_at: number;
  request_counts: { total: number; completed: number; failed: number };
  errors: { data: { code: string; message: string }[] } | null;
  metadata: Record<string, string> | null;
  [field: string]: unknown;
}

/** How one request of a batch ended. */
export interface BatchResult {
  custom_id: string;
  response: { status_code: number; request_id: string; body: Record<string, unknown> } | null;
  error: { code: string; message: string } | null;
  [field: string]: unknown;
}

export interface CreateBatchOptions {
  /** What the requests are for; `/v1/chat/completions` if left out. */
  endpoint?: string;
  metadata?: Record<string, string>;
  /** Who makes the requests: the provider's batch API, or Trunkline one by one. Left out: the provider's, if it has one. */
  runBy?: "provider" | "local";
}

/** Batches in OpenAI's format: many requests at once, answered within a day. */
export class Batches {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Upload `requests`, and begin a batch of them. */
  async create(requests: readonly BatchRequest[], options: CreateBatchOptions = {}): Promise<Batch> {
    const endpoint = options.endpoint ?? "/v1/chat/completions";
    const lines = requests.map((one) => `${JSON.stringify({ ...one, method: "POST", url: endpoint })}\n`);
    const form = new FormData();
    form.set("purpose", "batch");
    form.set("file", new Blob(lines, { type: "application/jsonl" }), "requests.jsonl");
    const file = await this.#http.json<{ id: string }>("post", "/v1/files", { body: form });
    const body = {
      input_file_id: file.id,
      endpoint,
      completion_window: "24h",
      ...(options.metadata ? { metadata: options.metadata } : {}),
    };
    const headers = options.runBy ? { "x-trunkline-batch": options.runBy } : {};
    return this.#http.json("post", "/v1/batches", { body, headers });
  }

  /** One's own, the newest first. */
  async list(query: { limit?: number; after?: string } = {}): Promise<Batch[]> {
    return (await this.#http.json<{ data: Batch[] }>("get", "/v1/batches", { query })).data;
  }

  get(batchId: string): Promise<Batch> {
    return this.#http.json("get", "/v1/batches/{batchId}", { path: { batchId } });
  }

  /** Make no further requests of it. */
  cancel(batchId: string): Promise<Batch> {
    return this.#http.json("post", "/v1/batches/{batchId}/cancel", { path: { batchId } });
  }

  /** The results of a batch that has ended: first those that succeeded, then the others. */
  async results(batch: Batch): Promise<BatchResult[]> {
    const found: BatchResult[] = [];
    for (const fileId of [batch.output_file_id, batch.error_file_id]) {
      if (fileId === null) continue;
      const response = await this.#http.send("get", "/v1/files/{fileId}/content", { path: { fileId } });
      for (const line of (await response.text()).split("\n")) if (line) found.push(JSON.parse(line) as BatchResult);
    }
    return found;
  }
}
