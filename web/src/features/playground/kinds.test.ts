import { expect, test } from "vitest";
import { type Asked, type Kind, requestOf, USUAL } from "./kinds";

const ASKED: Asked = { ...USUAL, model: "work/m", system: "Be short.", prompt: "Why?", temperature: 0.5, maxTokens: 9, stop: "END" };
const of = (kind: Kind, change: Partial<Asked> = {}) => requestOf({ ...ASKED, kind, ...change });

test("each format has its own names", () => {
  expect(of("chat", { stream: false })).toEqual({
    path: "/v1/chat/completions",
    body: { model: "work/m", messages: [{ role: "system", content: "Be short." }, { role: "user", content: "Why?" }], temperature: 0.5, max_tokens: 9, stop: ["END"] },
  });
  expect(of("responses").body).toMatchObject({ instructions: "Be short.", input: "Why?", max_output_tokens: 9, stream: true });
  expect(of("messages").body).toMatchObject({ system: "Be short.", max_tokens: 9, stop_sequences: ["END"], stream: true });
  expect(of("gemini")).toEqual({
    path: "/v1beta/models/work%2Fm:streamGenerateContent?alt=sse",
    body: {
      systemInstruction: { parts: [{ text: "Be short." }] },
      contents: [{ role: "user", parts: [{ text: "Why?" }] }],
      generationConfig: { temperature: 0.5, maxOutputTokens: 9, stopSequences: ["END"] },
    },
  });
});

test("what is not set is not sent", () => {
  const plain = { system: "", temperature: null, maxTokens: null, stop: "", stream: false };
  expect(of("responses", plain).body).toEqual({ model: "work/m", input: "Why?" });
  expect(of("gemini", plain)).toEqual({ path: "/v1beta/models/work%2Fm:generateContent", body: { contents: [{ role: "user", parts: [{ text: "Why?" }] }] } });
  expect(of("messages", plain).body).toMatchObject({ max_tokens: 1024 });
});

test("each line is a text to embed, and other fields are laid over all", () => {
  expect(of("embeddings", { prompt: "one\n\ntwo\n" }).body).toEqual({ model: "work/m", input: ["one", "two"] });
  expect(of("chat", { more: '{"seed": 7, "temperature": 0}' }).body).toMatchObject({ seed: 7, temperature: 0 });
  expect(() => of("chat", { more: "[1]" })).toThrow(SyntaxError);
});
