import type { Attachment } from "./attachments";

/** What was typed and not sent. */
export interface Draft {
  text: string;
  attachments: readonly Attachment[];
}

const EMPTY: Draft = { text: "", attachments: [] };
const drafts = new Map<string, Draft>();

/** What stands in the field of a conversation, also after another page was open. In memory alone. */
export function draftOf(key: string): Draft {
  return drafts.get(key) ?? EMPTY;
}

export function keepDraft(key: string, draft: Draft): void {
  if (draft.text === "" && draft.attachments.length === 0) drafts.delete(key);
  else drafts.set(key, draft);
}
