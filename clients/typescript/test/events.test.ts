// The reader of server-sent events, at every place where a stream can be cut.

import assert from "node:assert/strict";
import { test } from "node:test";

import { readEvents } from "../dist/esm/events.js";

async function read(text: string, size: number) {
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

const stream = [
  ": a comment",
  "id: 1",
  "event: delta",
  'data: {"text":"dé\u2028 你"}',
  "",
  "data: two",
  "data: lines",
  "",
  "id",
  "data:without a space",
  "",
  "event: never dispatched",
  "",
  "data: cut off",
];

for (const end of ["\n", "\r\n", "\r"]) {
  test(`pieces of any size, with lines that end in ${JSON.stringify(end)}`, async () => {
    const text = stream.join(end);
    const whole = [
      { event: "delta", data: '{"text":"dé\u2028 你"}', id: "1" },
      { event: "message", data: "two\nlines", id: "1" },
      { event: "message", data: "without a space", id: "" },
    ];
    for (let size = 1; size <= text.length + 8; size += 1) assert.deepEqual(await read(text, size), whole);
  });
}
