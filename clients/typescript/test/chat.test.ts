// Chat, whole and streamed, and how it is stopped.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TrunklineError } from "@trunkline/client";

import { client } from "./place.ts";

const messages = [{ role: "user" as const, content: "Tell me of the sea, at length." }];
let id = "";

before(async () => {
  id = (await client.post("/api/configurations", { body: { name: "Chat", provider: "demo", model: "demo-chat" } })).id;
});

after(async () => {
  await client.delete("/api/configurations/{configuration_id}", { path: { configuration_id: id } });
});

test("a whole answer has its usage", async () => {
  const answer = await client.chat.create({ model: "Chat", messages });
  assert.ok(String(answer.choices[0]?.message.content).length > 10);
  assert.equal(answer.usage?.total_tokens, (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0));
});

test("a streamed answer comes in pieces, and ends with what it used", async () => {
  let text = "";
  let used = 0;
  let pieces = 0;
  for await (const chunk of client.chat.stream({ model: "Chat", messages })) {
    text += chunk.choices[0]?.delta.content ?? "";
    used = chunk.usage?.total_tokens ?? used;
    pieces += 1;
  }
  assert.ok(pieces > 3 && text.length > 10 && used > 0);
});

test("the text alone", async () => {
  let text = "";
  for await (const piece of client.chat.text({ model: "Chat", messages })) text += piece;
  assert.ok(text.length > 10);
});

test("an aborted signal stops it", async () => {
  const stop = new AbortController();
  let pieces = 0;
  const read = async () => {
    for await (const _ of client.chat.stream({ model: "Chat", messages }, { signal: stop.signal })) {
      pieces += 1;
      if (pieces === 2) stop.abort();
    }
  };
  await assert.rejects(read, { name: "AbortError" });
  assert.ok(pieces >= 2);
});

test("leaving the loop stops it too", async () => {
  for await (const piece of client.chat.text({ model: "Chat", messages })) {
    assert.ok(piece);
    break;
  }
});

test("an unknown model is an error before anything is streamed", async () => {
  const read = async () => {
    for await (const _ of client.chat.stream({ model: "nobody", messages })) assert.fail("nothing should come");
  };
  await assert.rejects(read, (error) => error instanceof TrunklineError && error.status === 404);
});
