import { TrunklineError } from "@trunkline/client";

/** A failure in words for people. */
export interface Told {
  what: string;
  /** Where the fault is: one or two words. */
  whose: string;
  next: string;
  /** What the server said, for those who look closer. */
  details: string;
}

/** Says what happened, whose fault it is and what to do next. */
export function describe(error: unknown): Told {
  if (error instanceof TrunklineError) {
    const details = [codeOf(error.body), error.requestId ? `request ${error.requestId}` : ""].filter(Boolean).join(" · ");
    switch (error.status) {
      case 401:
        return { what: "You are signed out.", whose: "Session", next: "Sign in again; nothing you typed is lost.", details };
      case 403:
        return { what: error.message, whose: "Permission", next: "Ask an owner or administrator of the workspace.", details };
      case 404:
        return { what: error.message, whose: "Not found", next: "It may have been deleted, or be in another workspace.", details };
      case 409:
        return { what: error.message, whose: "Conflict", next: "", details };
      case 412:
        return { what: error.message, whose: "Changed meanwhile", next: "Load it again, and make your change anew.", details };
      case 429:
        return { what: error.message, whose: "Too many requests", next: "Wait a moment, then try again.", details };
      case 502:
      case 504:
        // A proxy that finds no server behind it has no body of ours: then it is the server that is missing.
        return isTold(error.body)
          ? { what: error.message, whose: "Provider", next: "Trunkline works, and what it called did not. Try again; if it stays, test the configuration or look at its provider's status page.", details }
          : { what: error.message, whose: "Server", next: "What stands before Trunkline gets no answer from it. Check that it runs, then try again.", details };
      default:
        return error.status >= 500
          ? { what: error.message, whose: "Server", next: "Try again. If it stays, look into the server's log.", details }
          : { what: error.message, whose: "Input", next: "", details };
    }
  }
  if (typeof navigator !== "undefined" && !navigator.onLine) {
    return { what: "This computer is offline.", whose: "Network", next: "Nothing that you typed is lost. Try again when the network is back.", details: "" };
  }
  const details = error instanceof Error ? error.message : String(error);
  return { what: "The server cannot be reached.", whose: "Network", next: "Check that Trunkline runs, then try again.", details };
}

/** Whether Trunkline itself answered: it tells errors as JSON objects. */
function isTold(body: unknown): boolean {
  return typeof body === "object" && body !== null;
}

function codeOf(body: unknown): string {
  const code = (body as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

/** Whether asking once more may be answered otherwise. */
export function mayHelpAgain(error: unknown): boolean {
  return !(error instanceof TrunklineError) || error.status >= 500;
}
