import { type Asked, USUAL } from "./kinds";

/** A request as JSON, where it is written so. */
export interface Raw {
  path: string;
  body: string;
}

/** What the form holds, also after another page was open. `filled`: the request of the address that it was filled with. */
export interface Draft {
  form: Asked;
  raw: Raw | null;
  filled: string | null;
}

const drafts = new Map<string, Draft>();

/** The draft of a workspace. In memory alone. */
export function draftOf(workspaceId: string): Draft {
  return drafts.get(workspaceId) ?? { form: USUAL, raw: null, filled: null };
}

/** Keeps it until the page is loaded anew. */
export function keepDraft(workspaceId: string, draft: Draft): void {
  drafts.set(workspaceId, draft);
}
