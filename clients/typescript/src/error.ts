/** One wrong field of a request: where it is, and what to do about it. */
export interface FieldError {
  field: string;
  message: string;
}

/** An answer that was not 2xx. `body` is what the server said, as JSON where it was JSON. */
export class TrunklineError extends Error {
  override readonly name = "TrunklineError";
  readonly status: number;
  readonly body: unknown;
  /** The server's name of this request, by which its log and its usage can be searched. */
  readonly requestId: string | null;
  /** Seconds to wait before another try, where the server says so. */
  readonly retryAfter: number | null;

  constructor(status: number, body: unknown, headers: Headers) {
    super(findMessage(body) ?? `The server answered with status ${status}.`);
    this.status = status;
    this.body = body;
    this.requestId = headers.get("x-request-id");
    const seconds = Number.parseFloat(headers.get("retry-after") ?? "");
    this.retryAfter = Number.isFinite(seconds) ? seconds : null;
  }

  /** The wrong fields, if the server named any. */
  get errors(): FieldError[] {
    const errors = (this.body as { errors?: unknown } | null)?.errors;
    return Array.isArray(errors) ? (errors as FieldError[]) : [];
  }
}

/** The message in any of the shapes that the faces of the server answer errors in. */
function findMessage(body: unknown): string | null {
  if (typeof body === "string") return body || null;
  if (typeof body !== "object" || body === null) return null;
  const { message, error } = body as { message?: unknown; error?: unknown };
  if (typeof message === "string") return message;
  if (typeof error === "object" && error !== null) return findMessage(error);
  return typeof error === "string" ? error : null;
}
