// Entries for providers, by the method names that programs know.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { client, upstream, whoAmI } from "./place.ts";

let workspaceId = "";
let id = "";

before(async () => {
  workspaceId = (await whoAmI()).workspaceId;
  const created = await client.createAiLlm({
    name: "Production OpenAI",
    aiType: "OPENAI",
    endpoint: `${upstream.url}/v1`,
    secret: upstream.key,
    workspaceId,
  });
  assert.equal(created.success, true);
  id = created.aiLlmId;
});

after(async () => {
  await client.deleteAiLlm(id);
  assert.ok(!(await client.getAiLlms(workspaceId)).aiLlms.some((entry) => entry.id === id));
});

test("it is listed without its secret", async () => {
  const found = (await client.getAiLlms(workspaceId)).aiLlms.find((entry) => entry.id === id);
  assert.equal(found?.name, "Production OpenAI");
  assert.equal(found?.aiType, "OPENAI");
  assert.ok(!JSON.stringify(found).includes(upstream.key));
});

test("it is available once it has been validated, and no longer when its secret has changed", async () => {
  const listed = async () => (await client.getAvailableAiLlms()).aiLlms.some((entry) => entry.id === id);
  assert.equal(await listed(), false);
  const validated = await client.validateAiLlm(id);
  assert.deepEqual([validated.success, typeof validated.message], [true, "string"]);
  assert.equal(await listed(), true);
  assert.equal((await client.updateAiLlm(id, { secret: "sk-another-key-that-is-wrong" })).success, true);
  assert.equal(await listed(), false);
  assert.equal((await client.validateAiLlm(id)).success, false, "a failed validation is told, not thrown");
  await client.updateAiLlm(id, { secret: upstream.key });
});

test("calls through it are counted", async () => {
  const before = (await client.getAiLlmStats(id)).stats[0];
  await client.chat.create({
    model: "Production OpenAI/gpt-4o-mini",
    messages: [{ role: "user", content: "say hello" }],
  });
  let now = before;
  while (now?.totalApiCalls === before?.totalApiCalls) now = (await client.getAiLlmStats(id)).stats[0];
  assert.ok((now?.totalTokensIn ?? 0) > (before?.totalTokensIn ?? 0));
  assert.equal(now?.totalPolicyViolations, 0);
});

test("what is wrong is thrown, with its status and body", async () => {
  const twice = client.createAiLlm({
    name: "Production OpenAI",
    aiType: "OPENAI",
    endpoint: `${upstream.url}/v1`,
    secret: upstream.key,
    workspaceId,
  });
  await assert.rejects(twice, (error: { status: number; body: { success: boolean } }) => {
    assert.deepEqual([error.status, error.body.success], [400, false]);
    return true;
  });
  await assert.rejects(client.updateAiLlm(id, {}), { status: 400 });
});

test("no id leads to another path", async () => {
  for (const other of ["", ".", ".."]) await assert.rejects(client.deleteAiLlm(other), TypeError);
  for (const other of ["../policy", "%2e%2e", "a?b#c"]) {
    await assert.rejects(client.deleteAiLlm(other), { name: "TrunklineError", status: 404 });
  }
});
