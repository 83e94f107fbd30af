// Batches: made, followed to their end and read; and files.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Batch } from "@trunkline/client";

import { client } from "./place.ts";

let id = "";

before(async () => {
  id = (await client.post("/api/configurations", { body: { name: "Night", provider: "demo", model: "demo-chat" } })).id;
});

after(async () => {
  await client.delete("/api/configurations/{configuration_id}", { path: { configuration_id: id } });
});

test("a batch is made, followed to its end and read", async () => {
  const messages = [{ role: "user", content: "Say hello." }];
  const made = await client.batches.create(
    [
      { custom_id: "a", body: { model: "Night", messages } },
      { custom_id: "b", body: { model: "Night", messages } },
    ],
    { metadata: { job: "7" }, runBy: "local" },
  );
  assert.deepEqual(made.metadata, { job: "7" });
  let batch: Batch = made;
  while (batch.status === "in_progress") batch = await client.batches.get(made.id);
  assert.deepEqual(batch.request_counts, { total: 2, completed: 2, failed: 0 });
  const results = await client.batches.results(batch);
  const told = results.map((one) => [one.custom_id, one.response?.status_code]);
  assert.deepEqual(told, [["a", 200], ["b", 200]]);
  assert.deepEqual((await client.batches.list({ limit: 1 })).map((one) => one.id), [made.id]);
  assert.equal((await client.batches.cancel(made.id)).status, "completed");
});

test("a file is added, listed, read and removed", async () => {
  const line = JSON.stringify({ custom_id: "a", method: "POST", url: "/v1/chat/completions", body: { model: "Night" } });
  const made = await client.files.add(new Blob([line]), "batch", { name: "night.jsonl", expiresAfter: 3600 });
  assert.deepEqual([made.filename, made.purpose, made.bytes], ["night.jsonl", "batch", line.length]);
  assert.equal(made.expires_at - made.created_at, 3600);
  assert.deepEqual((await client.files.list({ limit: 1, purpose: "batch" })).map((one) => one.id), [made.id]);
  assert.equal(await (await client.files.content(made.id)).text(), line);
  await client.files.remove(made.id);
  await assert.rejects(client.files.get(made.id), { status: 404 });
});

test("a file that a model is to read names the configuration that keeps it", async () => {
  const kept = client.files.add(new File(["x"], "x.txt"), "user_data", { configuration: "Night" });
  await assert.rejects(kept, (error: Error) => error.message.includes("x-trunkline-configuration"));
});
