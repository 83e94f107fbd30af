/** What can be asked of a model, in the format of one of the SDKs. */
export const KINDS = ["chat", "responses", "messages", "gemini", "images", "embeddings", "speech", "transcription"] as const;
export type Kind = (typeof KINDS)[number];

/** Those that are answered with text, and can be streamed. */
const TEXT: ReadonlySet<Kind> = new Set(["chat", "responses", "messages", "gemini"]);

export function isText(kind: Kind): boolean {
  return TEXT.has(kind);
}

/** What the form holds. Numbers that are not set are null, and are not sent. */
export interface Asked {
  kind: Kind;
  model: string;
  system: string;
  prompt: string;
  stream: boolean;
  temperature: number | null;
  topP: number | null;
  maxTokens: number | null;
  stop: string;
  voice: string;
  /** Other fields of the request, as JSON. */
  more: string;
}

export const USUAL: Asked = {
  kind: "chat", model: "", system: "", prompt: "", stream: true, temperature: null, topP: null, maxTokens: null, stop: "", voice: "alloy", more: "",
};

/** A request as it is sent. */
export interface Request {
  path: string;
  body: Record<string, unknown>;
}

/** The request that the form makes. Throws SyntaxError where `more` is no JSON object. */
export function requestOf(asked: Asked): Request {
  const { kind, model, prompt, stream } = asked;
  const more = readMore(asked.more);
  const set = (fields: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries({ ...fields, ...more }).filter(([, value]) => value !== null && value !== undefined && value !== ""));
  const stops = asked.stop.split("\n").filter((line) => line !== "");
  const stop = stops.length === 0 ? null : stops;
  const lines = prompt.split("\n").filter((line) => line.trim() !== "");
  switch (kind) {
    case "chat": {
      const messages = [...(asked.system === "" ? [] : [{ role: "system", content: asked.system }]), { role: "user", content: prompt }];
      const told = stream ? { stream, stream_options: { include_usage: true } } : {};
      return { path: "/v1/chat/completions", body: set({ model, messages, temperature: asked.temperature, top_p: asked.topP, max_tokens: asked.maxTokens, stop, ...told }) };
    }
    case "responses":
      return {
        path: "/v1/responses",
        body: set({ model, instructions: asked.system, input: prompt, temperature: asked.temperature, top_p: asked.topP, max_output_tokens: asked.maxTokens, stream: stream || null }),
      };
    case "messages":
      return {
        path: "/v1/messages",
        // Anthropic's format has to say how long an answer may be.
        body: set({
          model, system: asked.system, messages: [{ role: "user", content: prompt }], max_tokens: asked.maxTokens ?? 1024,
          temperature: asked.temperature, top_p: asked.topP, stop_sequences: stop, stream: stream || null,
        }),
      };
    case "gemini": {
      const config = set({ temperature: asked.temperature, topP: asked.topP, maxOutputTokens: asked.maxTokens, stopSequences: stop });
      const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
      return {
        path: `/v1beta/models/${encodeURIComponent(model)}:${method}`,
        body: {
          ...(asked.system === "" ? {} : { systemInstruction: { parts: [{ text: asked.system }] } }),
          contents: [{ role: "user", parts: [{ text: prompt }] }],
          ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
        },
      };
    }
    case "images":
      return { path: "/v1/images/generations", body: set({ model, prompt }) };
    case "embeddings":
      return { path: "/v1/embeddings", body: set({ model, input: lines }) };
    case "speech":
      return { path: "/v1/audio/speech", body: set({ model, input: prompt, voice: asked.voice }) };
    case "transcription":
      return { path: "/v1/audio/transcriptions", body: set({ model }) };
    default:
      return kind satisfies never;
  }
}

function readMore(text: string): Record<string, unknown> {
  if (text.trim() === "") return {};
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("It is no JSON object.");
  return value as Record<string, unknown>;
}
