import { expect, test } from "vitest";
import { Splitter } from "./blocks";

const cut = (text: string) => new Splitter().split(text).map((block) => block.text);

test("paragraphs are blocks, and nothing is lost", () => {
  const text = "One\ntwo\n\nThree\n\n\nFour";
  expect(cut(text)).toEqual(["One\ntwo\n\n", "Three\n\n\n", "Four"]);
});

test.each([
  ["code", "```python\na = 1\n\nb = 2\n```\n"],
  ["longer fences", "````md\n```\n\n```\n\n````\n"],
  ["formulas", "$$\na\n\nb\n$$\n"],
  ["lists with space between", "1. One\n\n2. Two\n\n   more of two\n"],
])("%s stay together", (_, text) => {
  expect(cut(`Before\n\n${text}\nAfter`)).toEqual(["Before\n\n", `${text}\n`, "After"]);
});

test("what grows is cut as what came at once", () => {
  const text = "# Title\n\nText with `code`.\n\n- a\n- b\n\n```\nx\n\ny\n```\n\nEnd";
  const splitter = new Splitter();
  let blocks: string[] = [];
  for (let end = 1; end <= text.length; end += 1) blocks = splitter.split(text.slice(0, end)).map((block) => block.text);
  expect(blocks).toEqual(cut(text));
});

test("whole blocks stay the same objects, so that they are not drawn again", () => {
  const splitter = new Splitter();
  const [first] = splitter.split("One\n\nTwo\n");
  expect(splitter.split("One\n\nTwo\nmore")[0]).toBe(first);
});

test("another text starts anew", () => {
  const splitter = new Splitter();
  splitter.split("One\n\nTwo");
  expect(splitter.split("Else").map((block) => block.text)).toEqual(["Else"]);
});

test("code that is cut goes on as code", () => {
  const blocks = new Splitter().split(`\`\`\`ts\n${"line\n".repeat(4_000)}\`\`\`\n\nAfter`);
  expect(blocks.map((block) => block.opening)).toEqual(["", "```ts\n", ""]);
});

test("two million characters on one line, or in one fence, are many blocks", () => {
  for (const text of ["x".repeat(2_000_000), `\`\`\`\n${"line\n".repeat(400_000)}\`\`\``]) {
    const blocks = cut(text);
    expect(blocks.join("")).toBe(text);
    expect(Math.max(...blocks.map((block) => block.length))).toBeLessThanOrEqual(Splitter.LONGEST);
  }
});
