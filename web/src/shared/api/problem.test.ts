import { TrunklineError } from "@trunkline/client";
import { afterEach, expect, test, vi } from "vitest";
import { describe, mayHelpAgain } from "./problem";

const failure = (status: number, body: unknown) => new TrunklineError(status, body, new Headers({ "x-request-id": "r-1" }));

test.each([
  [401, "Session"],
  [403, "Permission"],
  [404, "Not found"],
  [409, "Conflict"],
  [412, "Changed meanwhile"],
  [429, "Too many requests"],
  [400, "Input"],
  [500, "Server"],
  [503, "Server"],
  [502, "Provider"],
  [504, "Provider"],
])("status %i with an answer of ours is the fault of: %s", (status, whose) => {
  const told = describe(failure(status, { message: "OpenAI does not answer.", statusCode: status }));
  expect(told.whose).toBe(whose);
  expect(told.what).toBe(status === 401 ? "You are signed out." : "OpenAI does not answer.");
  expect(told.details).toContain("request r-1");
});

test.each([502, 504])("status %i of a proxy, which has no answer of ours, is no provider's fault", (status) => {
  for (const body of ["<html>Bad Gateway</html>", null]) expect(describe(failure(status, body)).whose).toBe("Server");
});

afterEach(() => void vi.unstubAllGlobals());

test("a computer that is offline is told so", () => {
  vi.stubGlobal("navigator", { onLine: false });
  expect(describe(new TypeError("Failed to fetch"))).toMatchObject({ whose: "Network", what: "This computer is offline." });
});

test("no answer at all is the network's fault, and may be another one next time", () => {
  vi.stubGlobal("navigator", { onLine: true });
  expect(describe(new TypeError("Failed to fetch"))).toMatchObject({ whose: "Network", details: "Failed to fetch" });
  expect(mayHelpAgain(new TypeError("Failed to fetch"))).toBe(true);
  expect(mayHelpAgain(failure(404, null))).toBe(false);
});
