// Conversations: an answer is followed, left, found again and stopped.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { AnswerEvent } from "@trunkline/client";

import { client } from "./place.ts";

let configurationId = "";

before(async () => {
  const body = { name: "Talk", provider: "demo", model: "demo-chat" };
  configurationId = (await client.post("/api/configurations", { body })).id;
});

after(async () => {
  await client.delete("/api/configurations/{configuration_id}", { path: { configuration_id: configurationId } });
});

async function collect(events: AsyncIterable<AnswerEvent>) {
  const seen: AnswerEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

function textOf(events: AnswerEvent[]): string {
  return events.map((event) => (event.type === "delta" ? event.text : "")).join("");
}

test("a list is read page by page, and a conversation can be taken away", async () => {
  const made = [];
  for (let each = 0; each < 3; each += 1) made.push((await client.post("/api/conversations", { body: { model: "Talk" } })).id);
  const first = await client.page("/api/conversations", { query: { limit: 2 } });
  assert.equal(first.items.length, 2);
  assert.ok(first.next);
  const second = await client.page("/api/conversations", { query: { limit: 1, cursor: first.next } });
  assert.deepEqual([...first.items, ...second.items].map((each) => each.id), [...made].reverse());
  const file = await client.conversations.export(made[0] ?? "", "markdown");
  assert.match(await file.text(), /^# Conversation/);
});

test("a picture that was sent is given back", async () => {
  const { id } = await client.post("/api/conversations", { body: { model: "Talk" } });
  const url = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
  await collect(client.conversations.send(id, { content: [{ type: "image", url }] }));
  const tree = await client.get("/api/conversations/{conversation_id}", { path: { conversation_id: id } });
  const picture = await client.conversations.file(String(tree.messages[0]?.parts[0]?.["url"]));
  assert.equal(picture.type, "image/gif");
});

test("an answer begins, grows and ends with what it used", async () => {
  const { id } = await client.post("/api/conversations", { body: { model: "Talk" } });
  const events = await collect(client.conversations.send(id, { content: "Hello!" }));
  assert.equal(events[0]?.type, "start");
  const last = events.at(-1);
  assert.ok(last?.type === "done" && last.usage);
  assert.ok(textOf(events).length > 0);
  const tree = await client.get("/api/conversations/{conversation_id}", { path: { conversation_id: id } });
  assert.equal(tree.messages.at(-1)?.content, textOf(events));
});

test("a reader that left finds the whole answer again", async () => {
  const { id } = await client.post("/api/conversations", { body: { model: "Talk" } });
  let lastEventId = "";
  let messageId = "";
  let read = "";
  for await (const event of client.conversations.send(id, { content: "A long story, please." })) {
    if (event.type === "start") messageId = event.messageId;
    if (event.type !== "delta") continue;
    lastEventId = event.id;
    read += event.text;
    break;
  }
  const whole = await collect(client.conversations.resume(id, { messageId }));
  const rest = await collect(client.conversations.resume(id, { messageId, lastEventId }));
  assert.equal(whole.at(-1)?.type, "done");
  assert.equal(read + textOf(rest), textOf(whole));
});

test("an address opens the answer once for who cannot send a token", async () => {
  const { id } = await client.post("/api/conversations", { body: { model: "Talk" } });
  const events = await collect(client.conversations.send(id, { content: "Hello!" }));
  const address = await client.conversations.streamUrl(id, { lastEventId: events[0]?.id ?? "" });
  const opened = await fetch(address, { headers: { accept: "text/event-stream" } });
  assert.equal(opened.status, 200);
  assert.match(await opened.text(), /event: done/);
  assert.equal((await fetch(address)).status, 401);
});

test("it is regenerated beside the old one", async () => {
  const { id } = await client.post("/api/conversations", { body: { model: "Talk" } });
  await collect(client.conversations.send(id, { content: "Hello!" }));
  const events = await collect(client.conversations.regenerate(id));
  assert.equal(events.at(-1)?.type, "done");
  const tree = await client.get("/api/conversations/{conversation_id}", { path: { conversation_id: id } });
  assert.equal(tree.messages.filter((message) => message.role === "assistant").length, 2);
});
