import { expect, test } from "vitest";
import { factsOf, unreadable } from "./facts";

const MODEL = { id: "m", contextLength: 8192, inputModalities: ["text"], capabilities: ["text"], pricing: { prompt: "0.00000027", completion: "-1" }, version: null };

test("prices are told per million tokens, and what is no price is none", () => {
  expect(factsOf(MODEL)).toMatchObject({ priceIn: 0.27, priceOut: null, maxOutputTokens: null });
  expect(factsOf({ ...MODEL, pricing: null, maxCompletionTokens: 99 })).toMatchObject({ priceIn: null, maxOutputTokens: 99 });
});

test.each([
  [["text"], ["image", "pdf"]],
  [["text", "file"], ["image"]],
  [["text", "image"], []],
  [[], []],
])("of a model that reads %j, it is known that it does not read %j", (inputModalities, lacking) => {
  expect(unreadable(factsOf({ ...MODEL, inputModalities }), ["image", "pdf"])).toEqual(lacking);
  expect(unreadable(null, ["image"])).toEqual([]);
});
