import { expect, test } from "vitest";
import type { TestStage } from "@trunkline/client";
import { containerAddress, failureOf, stageRows, schemeFor } from "./stages";

const stage = (name: string, ok = true, ms: number | null = 1): TestStage => ({ name, ok, ms, message: `${name}.`, details: {} });
const states = (stages: TestStage[], running: boolean) => stageRows(stages, running).map((row) => row.state);

test("the first that has not ended is under way", () => {
  expect(states([], true)).toEqual(["running", "waiting", "waiting", "waiting", "waiting"]);
  expect(states([stage("dns"), stage("tcp")], true)).toEqual(["good", "good", "running", "waiting", "waiting"]);
});

test("what a later stage has passed over does not apply", () => {
  expect(states([stage("dns"), stage("tcp"), stage("models")], true)).toEqual(["good", "good", "skipped", "good", "running"]);
  expect(states([stage("models"), stage("stream")], false)).toEqual(["skipped", "skipped", "skipped", "good", "good"]);
});

test("nothing goes on after a failure", () => {
  const failed = [stage("dns"), stage("tcp"), stage("auth", false)];
  expect(states(failed, true)).toEqual(["good", "good", "bad", "waiting", "waiting"]);
  expect(failureOf(failed)?.kind).toBe("key");
  expect(failureOf([stage("dns")])).toBeNull();
});

test("the connection is what the network took together", () => {
  expect(stageRows([stage("tcp", true, 3), stage("tls", true, 40)], true)[1]).toMatchObject({ ms: 43, message: "tcp. tls." });
});

test.each([
  ["http://localhost:11434", "http://host.docker.internal:11434"],
  ["http://127.0.0.1:8000/v1", "http://host.docker.internal:8000/v1"],
  ["http://10.0.0.3:11434", null],
  ["localhost:11434", null],
  ["", null],
])("inside a container %j is %j", (given, other) => {
  expect(containerAddress(given)).toBe(other);
});

test.each([
  ["api.example.com/v1", "https://"],
  ["models.example.com:8443", "https://"],
  ["8.8.8.8/v1", "https://"],
  ["localhost:11434", "http://"],
  ["127.0.0.1:8000/v1", "http://"],
  ["192.168.1.20:11434", "http://"],
  ["ollama:11434", "http://"],
  ["nas.local/v1", "http://"],
])("in front of %s belongs %s", (address, scheme) => {
  expect(schemeFor(address)).toBe(scheme);
});
