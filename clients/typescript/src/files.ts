import type { Http } from "./http.js";

/** What a file is for. All but `batch` are sent to OpenAI or Anthropic, so that requests may name them. */
export type FilePurpose = "batch" | "user_data" | "vision" | "assistants" | "fine-tune" | "evals";

/** A file. Times are seconds since the epoch. */
export interface StoredFile {
  id: string;
  filename: string;
  purpose: FilePurpose | "batch_output";
  bytes: number;
  created_at: number;
  expires_at: number;
  [field: string]: unknown;
}

export interface AddFileOptions {
  /** What it is called; that of a `File` if left out. */
  name?: string;
  /** Of a file that a model reads: the configuration whose account keeps it, by name or id. Left out: the default one. */
  configuration?: string;
  /** After how many seconds it is deleted; 30 days if left out. */
  expiresAfter?: number;
}

/** Files in OpenAI's format: the requests of batches, their results, and what models read. */
export class Files {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  add(content: Blob, purpose: FilePurpose, options: AddFileOptions = {}): Promise<StoredFile> {
    const form = new FormData();
    form.set("purpose", purpose);
    if (options.expiresAfter !== undefined) {
      form.set("expires_after[anchor]", "created_at");
      form.set("expires_after[seconds]", String(options.expiresAfter));
    }
    form.set("file", content, options.name ?? (content instanceof File ? content.name : "file"));
    const headers = options.configuration === undefined ? {} : { "x-trunkline-configuration": options.configuration };
    return this.#http.json("post", "/v1/files", { body: form, headers });
  }

  /** One's own, the newest first. */
  async list(query: { limit?: number; after?: string; purpose?: StoredFile["purpose"] } = {}): Promise<StoredFile[]> {
    return (await this.#http.json<{ data: StoredFile[] }>("get", "/v1/files", { query })).data;
  }

  get(fileId: string): Promise<StoredFile> {
    return this.#http.json("get", "/v1/files/{fileId}", { path: { fileId } });
  }

  async content(fileId: string): Promise<Blob> {
    return (await this.#http.send("get", "/v1/files/{fileId}/content", { path: { fileId } })).blob();
  }

  /** Deletes it, at its provider too. */
  async remove(fileId: string): Promise<void> {
    await this.#http.json("delete", "/v1/files/{fileId}", { path: { fileId } });
  }
}
