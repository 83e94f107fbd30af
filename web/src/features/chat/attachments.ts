import type { AnswerPart } from "@/shared/answer/running";

/** Something that goes with a message. */
export interface Attachment {
  id: string;
  kind: "image" | "pdf" | "text";
  name: string;
  /** Bytes; characters of a text. */
  size: number;
  /** A data URL, the address of what the server has already, or the text itself. */
  content: string;
}

/** Pasted texts of that many characters become an attachment: no field for typing is quick with them. */
export const LONG_TEXT = 20_000;
/** Characters of one text that the server takes. */
export const MOST_TEXT = 1_000_000;
const MOST_BYTES = 20 * 1024 * 1024;
const PICTURES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const TEXTS = /^text\/|^application\/(json|xml|x-yaml|yaml|javascript|sql|toml)$/;
const TEXT_NAMES = /\.(md|csv|tsv|json|ya?ml|toml|log|txt|py|ts|tsx|js|jsx|rs|go|java|rb|sh|sql|html|css|xml)$/i;

export const ACCEPTED = [...PICTURES, "application/pdf", "text/*", ".md", ".csv", ".json", ".yaml", ".log"].join(",");

/** Why a file is not taken. */
export type Refused = { name: string; reason: "kind" | "size" };

/** Reads a file that was chosen, pasted or dropped. */
export async function readFile(file: File): Promise<Attachment | Refused> {
  const kind = kindOf(file);
  if (kind === null) return { name: file.name, reason: "kind" };
  if (file.size > (kind === "text" ? MOST_TEXT : MOST_BYTES)) return { name: file.name, reason: "size" };
  const content = kind === "text" ? await file.text() : await dataUrl(file);
  return { id: crypto.randomUUID(), kind, name: file.name, size: file.size, content };
}

/** A pasted text as an attachment. */
export function pasted(text: string, name: string): Attachment {
  return { id: crypto.randomUUID(), kind: "text", name, size: text.length, content: text };
}

function kindOf(file: File): Attachment["kind"] | null {
  if (PICTURES.includes(file.type)) return "image";
  if (file.type === "application/pdf") return "pdf";
  return TEXTS.test(file.type) || TEXT_NAMES.test(file.name) ? "text" : null;
}

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.addEventListener("error", () => reject(reader.error ?? new Error("The file cannot be read.")));
    reader.readAsDataURL(file);
  });
}

type Sent =
  | { type: "text"; text: string }
  | { type: "image"; url?: string; pictureId?: string }
  | { type: "file"; name: string; url?: string; fileId?: string };

const HERE = "/api/pictures/";

/** A message as the server takes it. */
export function write(text: string, attachments: readonly Attachment[]): string | Sent[] {
  if (attachments.length === 0) return text;
  const given = attachments.map(({ kind, name, content }): Sent => {
    if (kind === "text") return { type: "text", text: content };
    const stored = content.startsWith(HERE) ? content.slice(HERE.length) : null;
    if (kind === "image") return stored === null ? { type: "image", url: content } : { type: "image", pictureId: stored };
    return stored === null ? { type: "file", name, url: content } : { type: "file", name, fileId: stored };
  });
  return text.trim() === "" ? given : [{ type: "text", text }, ...given];
}

/** A message that is being sent, as it is shown until the server has it. Pictures of data are not fetched. */
export function preview(text: string, attachments: readonly Attachment[]): AnswerPart[] {
  const parts = attachments.map(({ kind, name, content }): AnswerPart => {
    if (kind === "text") return { type: "text", text: content };
    return kind === "image" ? { type: "image", url: content } : { type: "file", url: content, name };
  });
  return text.trim() === "" ? parts : [{ type: "text", text }, ...parts];
}

/** What was sent, to be edited: its first text, and the rest as attachments. */
export function reopen(parts: readonly AnswerPart[], name: string): { text: string; attachments: Attachment[] } {
  const [first, ...others] = parts;
  const begins = first?.type === "text" && first.text.length <= LONG_TEXT;
  const attachments = (begins ? others : parts).flatMap((part): Attachment[] => {
    if ("text" in part) return [pasted(part.text, name)];
    const kind = part.type === "image" ? "image" : "pdf";
    return [{ id: crypto.randomUUID(), kind, name: part.type === "file" ? part.name : "", size: 0, content: part.url }];
  });
  return { text: begins ? first.text : "", attachments };
}
