import { expect, test } from "vitest";
import type { AlertChannel } from "@trunkline/client";
import { channelChange, fieldsOfChannel, newChannel, readSettings } from "./channelForm";

const channel = (more: Partial<AlertChannel>): AlertChannel => ({
  id: "c", workspaceId: "w", name: "On-call", kind: "webhook", url: "https://hooks.example.com/a", addresses: [], extension: null, settings: null, secretMask: "whsec_…x7Qd", enabled: true, revision: 3,
  createdBy: "u", createdAt: "2026-01-01T00:00:00Z", updatedAt: "2026-01-01T00:00:00Z", ...more,
});

test("a new channel says what its kind has, without blanks", () => {
  const typed = { ...fieldsOfChannel(null), name: " On-call ", url: " https://hooks.example.com/a ", addresses: ["a@example.com"] };
  expect(newChannel(typed)).toEqual({ kind: "webhook", name: "On-call", url: "https://hooks.example.com/a" });
  expect(newChannel({ ...typed, kind: "email" })).toEqual({ kind: "email", name: "On-call", addresses: ["a@example.com"] });
});

test("what nobody touched is not sent", () => {
  for (const each of [channel({}), channel({ kind: "slack", url: "https://hooks.slack.com" }), channel({ kind: "email", url: null, addresses: ["a@example.com"] })]) {
    expect(channelChange(each, fieldsOfChannel(each))).toEqual({});
  }
});

test("a Slack channel's address is not shown, and stays where none is typed", () => {
  const slack = channel({ kind: "slack", url: "https://hooks.slack.com" });
  const fields = fieldsOfChannel(slack);
  expect(fields.url).toBe("");
  expect(channelChange(slack, { ...fields, name: "Night" })).toEqual({ name: "Night" });
  expect(channelChange(slack, { ...fields, url: "https://hooks.slack.com/services/new" })).toEqual({ url: "https://hooks.slack.com/services/new" });
});

test("what changed is sent, with the secret that was typed", () => {
  const typed = { ...fieldsOfChannel(channel({})), url: "https://other.example.com/b", secret: " whsec_abc ", enabled: false };
  expect(channelChange(channel({}), typed)).toEqual({ url: "https://other.example.com/b", secret: "whsec_abc", enabled: false });
  const email = channel({ kind: "email", url: null, addresses: ["a@example.com"] });
  expect(channelChange(email, { ...fieldsOfChannel(email), addresses: ["b@example.com"] })).toEqual({ addresses: ["b@example.com"] });
});

test("a channel of an extension has its settings, and an address and a secret where they are typed", () => {
  const typed = { ...fieldsOfChannel(null), kind: "extension" as const, name: "Chat", extension: " rooms ", settings: '{"room": "ops"}' };
  expect(newChannel(typed)).toEqual({ kind: "extension", name: "Chat", extension: "rooms", settings: { room: "ops" } });
  expect(newChannel({ ...typed, url: "https://chat.example", secret: "s" })).toMatchObject({ url: "https://chat.example", secret: "s" });
  const made = channel({ kind: "extension", url: "https://chat.example", extension: "rooms", settings: { room: "ops" } });
  expect(channelChange(made, fieldsOfChannel(made))).toEqual({});
  expect(channelChange(made, { ...fieldsOfChannel(made), settings: '{"room": "night"}' })).toEqual({ settings: { room: "night" } });
});

test("settings are a JSON object or nothing", () => {
  expect(["", "{}", '{"a": 1}'].map(readSettings)).toEqual([{}, {}, { a: 1 }]);
  expect(["[]", "null", "1", "{"].map(readSettings)).toEqual([null, null, null, null]);
});
