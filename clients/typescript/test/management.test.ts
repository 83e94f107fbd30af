// The management API through the typed methods.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FlashbackClient, TrunklineClient, TrunklineError } from "@trunkline/client";

import { apiKey, baseUrl, client, person, upstream, whoAmI } from "./place.ts";

test("a configuration is made, listed, changed and deleted", async () => {
  const made = await client.post("/api/configurations", {
    body: { name: "Try it", provider: "demo", model: "demo-chat" },
  });
  assert.equal(made.provider, "demo");
  const path = { configuration_id: made.id };
  const listed = await client.get("/api/configurations", { query: { provider: "demo" } });
  assert.ok(listed.some((one) => one.id === made.id));
  const changed = await client.put("/api/configurations/{configuration_id}", { path, body: { name: "Tried" } });
  assert.equal(changed.name, "Tried");
  await client.delete("/api/configurations/{configuration_id}", { path });
  await assert.rejects(client.get("/api/configurations/{configuration_id}", { path }), { status: 404 });
});

test("an error has its status, the wrong fields and the name of the request", async () => {
  const wrong = client.post("/api/configurations", { body: { name: "", provider: "nobody", model: "x" } });
  await assert.rejects(wrong, (error) => {
    assert.ok(error instanceof TrunklineError);
    assert.equal(error.status, 400);
    assert.deepEqual(new Set(error.errors.map((one) => one.field)), new Set(["name", "provider"]));
    assert.ok(error.requestId);
    assert.equal((error.body as { statusCode: number }).statusCode, 400);
    return true;
  });
});

test("a limit is made, listed, changed and deleted", async () => {
  const made = await person.limits.create({ subject: "feature", measure: "tokens", amount: 90_000, window: "day" });
  assert.deepEqual([made.subjectId, made.window, made.byAdmin], [null, "day", true]);
  const listed = await person.limits.list({ subject: "feature", limit: 10 });
  assert.ok(listed.some((one) => one.id === made.id));
  assert.equal((await person.limits.update(made.id, { amount: 50_000 })).amount, 50_000);
  assert.equal((await person.limits.get(made.id)).amount, 50_000);
  await person.limits.delete(made.id);
  const cache = await person.cache.get();
  assert.deepEqual([cache.storage, cache.hits, cache.entries], ["memory", 0, 0]);
  await person.cache.clear();
  assert.equal((await person.retention.update({ requestsDays: 90 })).requestsDays, 90);
  assert.equal((await person.retention.get()).workspace.requestsDays, 90);
  await assert.rejects(person.limits.get(made.id), { status: 404 });
});

test("a budget is made, listed, changed and deleted", async () => {
  const made = await person.budgets.create({ name: "TS", amount: "2.5", period: "month" });
  assert.deepEqual([made.amount, made.spent, made.left, made.hard], ["2.5", "0", "2.5", true]);
  assert.ok((await person.budgets.list({ limit: 10 })).some((one) => one.id === made.id));
  assert.equal((await person.budgets.update(made.id, { hard: false })).hard, false);
  assert.equal((await person.budgets.get(made.id)).reserved, "0");
  await person.budgets.delete(made.id);
  await assert.rejects(person.budgets.get(made.id), { status: 404 });
});

test("a rule and a channel are made, tried, and alerts are listed and followed", async () => {
  const channel = await person.alerts.channels.create({ kind: "webhook", name: "TS", url: "http://127.0.0.1:9/x" });
  assert.match(channel.secret ?? "", /^whsec_/);
  assert.equal((await person.alerts.channels.test(channel.id)).state, "failed");
  assert.equal((await person.alerts.channels.deliveries({ channelId: channel.id })).length, 1);
  const rule = await person.alerts.rules.create({ kind: "error_rate", threshold: 5, channelIds: [channel.id] });
  assert.equal((await person.alerts.rules.update(rule.id, { severity: "critical" })).severity, "critical");
  assert.ok((await person.alerts.rules.list()).some((one) => one.preset === "down"));
  assert.equal((await person.alerts.rules.preview({ kind: "error_rate", days: 1 })).count, 0);
  for (const one of await person.alerts.list({ state: "open" })) {
    assert.equal((await person.alerts.get(one.id)).id, one.id);
  }
  const abort = new AbortController();
  const following = person.alerts.follow({ signal: abort.signal, ready: () => abort.abort() });
  await assert.rejects(following.next(), { name: "AbortError" });
  await person.alerts.rules.delete(rule.id);
  await person.alerts.channels.delete(channel.id);
  await assert.rejects(person.alerts.channels.get(channel.id), { status: 404 });
});

test("usage is told apart, and requests are listed", async () => {
  const usage = await person.usage.get({ by: "model", interval: "day", timeZone: "Europe/Berlin" });
  assert.equal(usage.by, "model");
  assert.ok(usage.series.length >= 28);
  const listed = await person.requests.list({ limit: 1 });
  for (const one of listed) assert.equal((await person.requests.get(one.requestId)).requestId, one.requestId);
  assert.equal((await person.usage.report({ period: "all" })).totals.requestCount >= listed.length, true);
});

test("a price is made, replaced and deleted", async () => {
  const made = await person.prices.create({ provider: "openai", model: "gpt-4o-mini", prices: { input: 0.12 } });
  const { provider, model } = made;
  const changed = await person.prices.replace(made.id, { provider, model, tier: "flex", prices: { input: 0.06 } });
  assert.deepEqual([changed.tier, changed.prices], ["flex", { input: 0.06 }]);
  assert.ok((await person.prices.list()).some((one) => one.id === made.id));
  await person.prices.delete(made.id);
  await assert.rejects(person.prices.get(made.id), { status: 404 });
});

test("the status is read, and changes are followed", async () => {
  const made = await person.post("/api/configurations", {
    body: { name: "watched", provider: "demo", model: "demo-chat" },
  });
  const id = { path: { configuration_id: made.id } };
  const ready = () => void person.post("/api/configurations/{configuration_id}/test", id);
  for await (const change of person.status.follow({ ready, signal: AbortSignal.timeout(20_000) })) {
    if (change.configurationId !== made.id) continue;
    assert.equal(change.state, "healthy");
    break;
  }
  const status = await person.status.read({ limit: 100, cell: "day" });
  const found = status.configurations.find((one) => one.configurationId === made.id);
  assert.equal(found?.cells.length, 90);
});

test("a bad key is told so", async () => {
  const stranger = new TrunklineClient({ apiKey: "tl-nobody", baseUrl });
  await assert.rejects(stranger.get("/api/keys"), { status: 401 });
  assert.throws(() => new TrunklineClient({ apiKey: "", baseUrl }), /apiKey is required/);
  assert.throws(() => new TrunklineClient({ apiKey, baseUrl: "ai.example.com" }), /baseUrl/);
});

test("the client has its second name, and a slash after the address does no harm", async () => {
  assert.equal(FlashbackClient, TrunklineClient);
  const other = new FlashbackClient({ apiKey, baseUrl: `${baseUrl}/` });
  assert.ok(Array.isArray(await other.get("/api/keys")));
});

test("an MCP server is registered, listed, tested, changed and deleted", async () => {
  const made = await person.mcpServers.create({ name: "issues", url: `${upstream.url}/mcp` });
  assert.deepEqual([made.auth, made.tools, made.keys], ["none", null, null]);
  assert.ok((await person.mcpServers.list({ limit: 10 })).some((one) => one.id === made.id));
  assert.deepEqual((await person.mcpServers.update(made.id, { tools: ["search"] })).tools, ["search"]);
  assert.deepEqual((await person.mcpServers.get(made.id)).tools, ["search"]);
  const told = await person.mcpServers.test(made.id);
  assert.deepEqual([told.ok, told.tools], [false, []], "an upstream that is no MCP server is told, not thrown");
  await person.mcpServers.delete(made.id);
  await assert.rejects(person.mcpServers.get(made.id), { status: 404 });
});

test("identity providers are listed, and one whose issuer is none is refused by its field", async () => {
  assert.deepEqual(await person.identityProviders.list({ limit: 10 }), []);
  const given = { slug: "corp", name: "Corp", issuer: upstream.url, clientId: "x" };
  await assert.rejects(person.identityProviders.create(given), (error) => {
    assert.ok(error instanceof TrunklineError);
    assert.deepEqual(error.errors.map((one) => one.field), ["issuer"]);
    return true;
  });
  const nobody = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d";
  await assert.rejects(person.identityProviders.get(nobody), { status: 404 });
  await assert.rejects(person.identityProviders.update(nobody, { name: "x" }), { status: 404 });
  await assert.rejects(person.identityProviders.createScimToken(nobody), { status: 404 });
  await assert.rejects(person.identityProviders.deleteScimToken(nobody), { status: 404 });
  await assert.rejects(person.identityProviders.delete(nobody), { status: 404 });
});

test("another workspace is a matter of the client", async () => {
  const made = await person.post("/api/workspaces", { body: { name: "Team" } });
  assert.ok(made.id);
  const there = new TrunklineClient({ apiKey: process.env.TRUNKLINE_ACCESS_TOKEN ?? "", baseUrl, workspaceId: made.id });
  assert.deepEqual(await there.get("/api/configurations"), []);
});

test("a missing part of a path is noticed before anything is sent", async () => {
  const path = { configuration_id: "" };
  await assert.rejects(client.get("/api/configurations/{configuration_id}", { path }), /configuration_id is required/);
});

test("a sealed key is opened by the server alone, and for its own provider alone", async () => {
  const { userId, workspaceId } = await whoAmI();
  const sealed = await person.sealKey(upstream.key, { url: upstream.url, userId, workspaceId });
  assert.match(sealed, /^tl1\./);
  assert.ok(!sealed.includes(upstream.key));
  const body = { name: "Sealed", provider: "custom", model: "gpt-4o", baseUrl: `${upstream.url}/v1`, apiKey: sealed };
  const made = await person.post("/api/configurations", { body });
  const answer = await person.chat.create({ model: "Sealed", messages: [{ role: "user", content: "say hello" }] });
  assert.ok(answer.choices[0]?.message.content);
  const elsewhere = { ...body, name: "Elsewhere", baseUrl: "https://example.com/v1" };
  await assert.rejects(person.post("/api/configurations", { body: elsewhere }), { status: 400 });
  await person.delete("/api/configurations/{configuration_id}", { path: { configuration_id: made.id } });
});
