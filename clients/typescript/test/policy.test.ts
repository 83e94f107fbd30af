// Policies, and what a call that breaks one is told.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { client, person, whoAmI } from "./place.ts";

let orgId = "";
let workspaceId = "";
let policyId = "";
let configurationId = "";

before(async () => {
  orgId = (await client.get("/api/encryption-key")).instance;
  workspaceId = (await whoAmI()).workspaceId;
  const body = { name: "Watched", provider: "demo", model: "demo-chat" };
  configurationId = (await client.post("/api/configurations", { body })).id;
  const created = await client.createPolicy({
    name: "No secret project",
    content: "Nobody talks about the project.",
    riskType: "HIGH",
    actionType: 2,
    orgId,
    workspaceId,
    rule: { kind: "patterns", patterns: ["Project Nightingale"] },
  });
  policyId = created.policy.id;
});

after(async () => {
  await client.deletePolicy(policyId);
  await assert.rejects(client.getPolicy(policyId), { status: 404 });
  await client.delete("/api/configurations/{configuration_id}", { path: { configuration_id: configurationId } });
});

test("it is read, listed and changed", async () => {
  assert.equal((await client.getPolicy(policyId)).policy.name, "No secret project");
  const listed = await client.getPolicies(orgId, { workspaceId });
  assert.ok(listed.policies.some((policy) => policy.id === policyId));
  const changed = await client.updatePolicy(policyId, { riskType: "MEDIUM" });
  assert.equal(changed.policy.riskType, "MEDIUM");
});

test("a call that breaks it is blocked and written down", async () => {
  const call = (content: string) => person.chat.create({ model: "Watched", messages: [{ role: "user", content }] });
  await call("What is the weather like?");
  await assert.rejects(call("Tell me of Project Nightingale."), (error: { status: number; message: string }) => {
    assert.equal(error.status, 403);
    assert.match(error.message, /No secret project/);
    return true;
  });
  let found = await client.getPolicyViolations({ workspaceId });
  while (found.total === 0) found = await client.getPolicyViolations({ workspaceId });
  assert.equal(found.violations[0]?.policyId, policyId);
  assert.equal((await client.getPolicyViolationsByPolicyId(policyId)).total, found.total);
  assert.equal((await client.getPolicyAlerts({ workspaceId })).total, 0, "it blocks, and alerts nobody");
});
