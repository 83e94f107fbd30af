import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { choicesQuery } from "@/shared/choices/choices";
import { useWorkspace } from "@/shared/workspace";
import { requestQuery } from "./api";
import { draftOf, keepDraft, type Raw } from "./drafts";
import { type Asked, type Kind, type Request, requestOf } from "./kinds";
import type { PlaygroundSearch } from "./search";

const PATHS: Record<string, string> = { chat: "/v1/chat/completions", embeddings: "/v1/embeddings", images: "/v1/images/generations" };
const KIND_OF: Record<string, Kind> = { chat: "chat", embeddings: "embeddings", images: "images", speech: "speech", transcriptions: "transcription" };

/** What the form and the JSON hold, kept while another page is open, and the request that comes of them. A request of the address is filled in once. */
export function usePlayground(search: PlaygroundSearch) {
  const { client, id } = useWorkspace();
  const { data: choices = [] } = useQuery(choicesQuery(client, id));
  const replay = useQuery({ ...requestQuery(client, id, search.replay ?? ""), enabled: search.replay !== undefined });
  const [begun] = useState(() => draftOf(id));
  const [form, setForm] = useState<Asked>({ ...begun.form, kind: search.kind ?? begun.form.kind, model: search.model ?? begun.form.model });
  const [raw, setRaw] = useState<Raw | null>(search.kind === undefined && search.model === undefined ? begun.raw : null);
  const [filled, setFilled] = useState<string | null>(begun.filled);
  useEffect(() => keepDraft(id, { form, raw, filled }), [id, form, raw, filled]);

  if (replay.data !== undefined && filled !== search.replay) {
    const { content, operation, requestedModel } = replay.data;
    setFilled(search.replay ?? null);
    setForm({ ...form, kind: KIND_OF[operation] ?? "chat", model: requestedModel });
    if (content?.request) setRaw(rawOf(content.request, operation));
  }
  const asked: Asked = { ...form, model: form.model || (choices[0]?.value ?? "") };

  let request: Request | null = null;
  try {
    request = raw === null ? requestOf(asked) : { path: raw.path, body: JSON.parse(raw.body) as Record<string, unknown> };
  } catch {
    // The form says at the field that it is no JSON.
  }
  return {
    asked,
    change: (change: Partial<Asked>): void => setForm({ ...asked, ...change }),
    raw,
    setRaw,
    editRaw: (): void => setRaw(request === null ? { path: PATHS["chat"] ?? "", body: "{}" } : { path: request.path, body: JSON.stringify(request.body, null, 2) }),
    request,
    replay,
    replayed: replay.data,
  };
}

function rawOf(text: string, operation: string): Raw {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { path: PATHS[operation] ?? "/v1/chat/completions", body: text };
  }
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const path = "contents" in fields ? "/v1beta/models/MODEL:generateContent" : "input" in fields && operation === "chat" ? "/v1/responses" : (PATHS[operation] ?? "/v1/chat/completions");
  return { path, body: JSON.stringify(body, null, 2) };
}
