// The official ollama package through Trunkline to an imitation of every provider.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Message, Ollama, type Tool } from "ollama";

import { HELLO, key, PICTURE, place, providers, time, url, weather } from "./place.ts";

const client = new Ollama({ host: `${url}/ollama`, headers: { Authorization: `Bearer ${key}` } });

const tools: Tool[] = [
  { type: "function", function: { name: "get_weather", parameters: { ...weather, required: [...weather.required] } } },
  { type: "function", function: { name: "get_time", parameters: time } },
];

for (const model of providers) {
  describe(model, () => {
    const messages = [{ role: "user", content: "say hello" }];

    test("text", async () => {
      const answer = await client.chat({ model, messages });
      assert.equal(answer.message.content, HELLO);
      assert.equal(answer.done_reason, "stop");
      assert.ok(answer.eval_count >= 0);
      assert.ok(answer.total_duration > 0);
    });

    test("stream", async () => {
      let text = "";
      let ended = 0;
      for await (const line of await client.chat({ model, messages, stream: true })) {
        text += line.message.content;
        if (line.done) ended += 1;
      }
      assert.equal(text, HELLO);
      assert.equal(ended, 1);
    });

    test("generate", async () => {
      const answer = await client.generate({ model, prompt: "say hello", system: "Be brief." });
      assert.equal(answer.response, HELLO);
      let text = "";
      for await (const line of await client.generate({ model, prompt: "say hello", stream: true })) text += line.response;
      assert.equal(text, HELLO);
    });

    test("a tool is called", async () => {
      const asked: Message[] = [{ role: "user", content: "weather and time" }];
      const answer = await client.chat({ model, messages: asked, tools });
      const calls = answer.message.tool_calls ?? [];
      assert.deepEqual(Object.fromEntries(calls.map(({ function: { name, arguments: given } }) => [name, given])), {
        get_weather: { city: "Köln" },
        get_time: { zone: "Europe/Berlin" },
      });
      const results = calls.map((call) => ({ role: "tool", tool_name: call.function.name, content: "fine" }));
      const last = await client.chat({ model, messages: [...asked, answer.message, ...results], tools });
      assert.equal(last.message.content, "21 degrees, ten past nine.");
    });

    test("image in", async () => {
      const asked = [{ role: "user", content: "what is in the picture", images: [PICTURE] }];
      assert.equal((await client.chat({ model, messages: asked })).message.content, "A red square.");
    });

    test("JSON schema", async () => {
      const answer = await client.chat({ model, messages: [{ role: "user", content: "as json" }], format: place });
      assert.deepEqual(JSON.parse(answer.message.content), { city: "Köln", degrees: 21 });
    });
  });
}

test("models", async () => {
  const names = (await client.list()).models.map((model) => model.model);
  for (const model of providers) assert.ok(names.includes(model));
  const shown = await client.show({ model: providers[0] });
  assert.ok(shown.capabilities.includes("completion"));
  assert.deepEqual((await client.ps()).models, []);
});

test("errors have a status and words", async () => {
  await assert.rejects(client.chat({ model: "nowhere", messages: [{ role: "user", content: "say hello" }] }), {
    name: "ResponseError",
    status_code: 404,
  });
  const stranger = new Ollama({ host: `${url}/ollama` });
  await assert.rejects(stranger.list(), { status_code: 401 });
});
