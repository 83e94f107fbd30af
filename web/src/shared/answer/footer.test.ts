import { expect, test } from "vitest";
import { footerOf } from "./footer";

const FIGURES = { outputTokens: 96, costUSD: 0.0004, firstTokenMs: 412, durationMs: 2912 };

test("an answer's footer", () => {
  expect(footerOf(FIGURES)).toEqual(["412 ms to first token", "38 tok/s", "96 tokens", "$0.0004"]);
});

test("what a stopped answer took is said in words", () => {
  expect(footerOf({ ...FIGURES, outputTokens: 212, costUSD: 0.003 }, true).at(-1)).toBe("stopped after 212 tokens, $0.003");
  expect(footerOf({ outputTokens: null, costUSD: null, firstTokenMs: null, durationMs: 90 }, true)).toEqual(["stopped"]);
});

test("what is not known is left out, and a price that is not known is no zero", () => {
  expect(footerOf({ outputTokens: 1, costUSD: null, firstTokenMs: null, durationMs: 20 })).toEqual(["1 token", "no price known"]);
  expect(footerOf({ outputTokens: 1, costUSD: null, firstTokenMs: null, durationMs: 20, costUntold: true })).toEqual(["1 token"]);
});
