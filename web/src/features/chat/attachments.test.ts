// @vitest-environment jsdom
import { expect, test } from "vitest";
import { LONG_TEXT, pasted, readFile, reopen, write } from "./attachments";

test("files are told apart by their kind", async () => {
  expect(await readFile(new File(["%PDF-1.7"], "plan.pdf", { type: "application/pdf" }))).toMatchObject({ kind: "pdf", name: "plan.pdf" });
  expect(await readFile(new File(["a,b"], "a.csv", { type: "" }))).toMatchObject({ kind: "text", content: "a,b" });
  expect(await readFile(new File(["GIF89a"], "a.gif", { type: "image/gif" }))).toMatchObject({ kind: "image", content: "data:image/gif;base64,R0lGODlh" });
});

test("what cannot be sent is told by its reason", async () => {
  expect(await readFile(new File(["PK"], "plan.docx"))).toEqual({ name: "plan.docx", reason: "kind" });
  expect(await readFile(new File(["<svg/>"], "a.svg", { type: "image/svg+xml" }))).toEqual({ name: "a.svg", reason: "kind" });
  const large = new File([new Uint8Array(21 * 1024 * 1024)], "a.png", { type: "image/png" });
  expect(await readFile(large)).toEqual({ name: "a.png", reason: "size" });
});

test("a message without attachments is its text", () => {
  expect(write("Hello", [])).toBe("Hello");
  expect(write(" ", [pasted("A long text", "Pasted")])).toEqual([{ type: "text", text: "A long text" }]);
});

test("what was sent can be edited, and what the server has is not sent again", () => {
  const { text, attachments } = reopen(
    [
      { type: "text", text: "What is this?" },
      { type: "image", url: "/api/pictures/7" },
      { type: "file", url: "/api/pictures/8", name: "plan.pdf" },
      { type: "text", text: "x".repeat(LONG_TEXT) },
    ],
    "Pasted",
  );
  expect(text).toBe("What is this?");
  expect(write("And this?", attachments)).toEqual([
    { type: "text", text: "And this?" },
    { type: "image", pictureId: "7" },
    { type: "file", name: "plan.pdf", fileId: "8" },
    { type: "text", text: "x".repeat(LONG_TEXT) },
  ]);
});
