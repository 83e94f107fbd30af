import { TrunklineError } from "./error.js";

/** Where the server is, and who asks. */
export interface ClientOptions {
  /** An API key (`tl-…`), or the access token of a signed-in user. */
  apiKey: string;
  /** The server's address, such as `https://ai.example.com`. */
  baseUrl: string;
  /** The workspace to work in; left out: the key's own, or the user's personal one. */
  workspaceId?: string;
  /** Another `fetch` than the platform's: for proxies and tests. */
  fetch?: typeof fetch;
}

/** One request, before it is written. */
export interface RequestParts {
  path?: Record<string, unknown> | undefined;
  query?: object | undefined;
  body?: unknown;
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
}

/** Sends requests. Redirects are not followed, because the key would travel with them. */
export class Http {
  readonly #options: ClientOptions;
  readonly #base: string;

  constructor(options: ClientOptions) {
    if (!options.apiKey) throw new TypeError("apiKey is required: make one in the console, or with POST /api/keys.");
    if (!/^https?:\/\//.test(options.baseUrl)) throw new TypeError("baseUrl must begin with http:// or https://.");
    this.#options = options;
    this.#base = options.baseUrl.replace(/\/+$/, "");
  }

  /** The response, if it is 2xx; else throws {@link TrunklineError}. */
  async send(method: string, template: string, asked: RequestParts = {}): Promise<Response> {
    const headers = new Headers({ accept: "application/json", authorization: `Bearer ${this.#options.apiKey}` });
    if (this.#options.workspaceId) headers.set("x-trunkline-workspace", this.#options.workspaceId);
    const init: RequestInit = { method: method.toUpperCase(), headers, redirect: "manual" };
    if (asked.body instanceof FormData) {
      // The platform names its boundary.
      init.body = asked.body;
    } else if (asked.body !== undefined) {
      headers.set("content-type", "application/json");
      init.body = JSON.stringify(asked.body);
    }
    for (const [name, value] of Object.entries(asked.headers ?? {})) headers.set(name, value);
    if (asked.signal) init.signal = asked.signal;
    const request = this.#options.fetch ?? fetch;
    const response = await request(this.url(template, asked), init);
    if (!response.ok) throw new TrunklineError(response.status, await read(response), response.headers);
    return response;
  }

  /** Where that is, without sending anything. */
  url(template: string, asked: Pick<RequestParts, "path" | "query"> = {}): string {
    return this.#base + fill(template, asked.path) + write(asked.query);
  }

  /** A page of a list, and the cursor of the one after it. */
  async page<T>(template: string, asked: RequestParts = {}): Promise<{ items: T; next: string | null }> {
    const response = await this.send("get", template, asked);
    const link = /<([^>]*)>;\s*rel="?next"?/.exec(response.headers.get("link") ?? "")?.[1];
    const next = link === undefined ? null : new URL(link, "http://any").searchParams.get("cursor");
    return { items: (await read(response)) as T, next };
  }

  /** The JSON of a 2xx answer. */
  async json<T>(method: string, template: string, asked: RequestParts = {}): Promise<T> {
    return (await read(await this.send(method, template, asked))) as T;
  }
}

function fill(template: string, values: Record<string, unknown> = {}): string {
  return template.replace(/\{([^}:]+)(?::path)?\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === null || value === "") throw new TypeError(`${name} is required.`);
    // These two mean another path than the one that was asked for, however they are written.
    if (value === "." || value === "..") throw new TypeError(`${name} cannot be ${value}.`);
    return encodeURIComponent(String(value));
  });
}

function write(query: object | undefined): string {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null) continue;
    for (const item of Array.isArray(value) ? value : [value]) written.append(name, String(item));
  }
  const text = written.toString();
  return text ? `?${text}` : "";
}

async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
