import { expect, test } from "vitest";
import { differences, type Editable } from "./difference";

const SAVED: Editable = { name: "work", model: "gpt-5", baseUrl: null, shared: false, isActive: true, configuration: { temperature: 1, headers: { a: "…" } } };

test("nothing changed is no difference, and unset is the same as null", () => {
  expect(differences(SAVED, structuredClone(SAVED))).toEqual([]);
  expect(differences(SAVED, { ...SAVED, configuration: { ...SAVED.configuration, topP: undefined } })).toEqual([]);
});

test("each change is told by its path, settings one by one", () => {
  expect(differences(SAVED, { ...SAVED, name: "home", configuration: { headers: { a: "…" }, topP: 0 } })).toEqual([
    { path: "name", before: "work", after: "home" },
    { path: "configuration.temperature", before: 1, after: null },
    { path: "configuration.topP", before: null, after: 0 },
  ]);
});
