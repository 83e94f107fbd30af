import { expect, test } from "vitest";
import { readFields, settingsChange, withSetting } from "./settings";

const SCHEMA = {
  properties: {
    temperature: { type: "number", title: "Temperature", description: "How freely.", minimum: 0, maximum: 2, default: 0.7 },
    think: { type: ["boolean", "string"], enum: [true, "low"] },
    stopSequences: { type: "array", items: { type: "string" } },
    safetySettings: { type: "array", items: { type: "object" } },
    systemPrompt: { type: "string", maxLength: 32000, examples: ["Answer briefly."] },
    region: { type: "string", maxLength: 40 },
  },
};

test("a schema is read as fields of a form, those of the connection apart", () => {
  const { connection, parameters } = readFields(SCHEMA);
  expect(connection.map((field) => field.name)).toEqual(["region"]);
  expect(parameters.map((field) => [field.name, field.kind])).toEqual([
    ["temperature", "number"],
    ["think", "choice"],
    ["stopSequences", "list"],
    ["safetySettings", "json"],
    ["systemPrompt", "long"],
  ]);
  expect(parameters[0]).toMatchObject({ minimum: 0, maximum: 2, usual: 0.7, title: "Temperature" });
  expect(parameters[4]?.example).toBe("Answer briefly.");
});

test("a schema that says nothing gives no fields", () => {
  expect(readFields({})).toEqual({ connection: [], parameters: [] });
});

test("what is unset is not there, and 0 is set", () => {
  expect(withSetting({ topP: 1 }, "temperature", 0)).toEqual({ topP: 1, temperature: 0 });
  expect(withSetting({ topP: 1, temperature: 0 }, "temperature", undefined)).toEqual({ topP: 1 });
  expect(withSetting({ systemPrompt: "x" }, "systemPrompt", "")).toEqual({});
});

test("a change tells what is new, and null for what is gone", () => {
  expect(settingsChange({ a: 1, b: [1], c: 3 }, { a: 2, b: [1], d: 0 })).toEqual({ a: 2, c: null, d: 0 });
});
