// The official openai package through Trunkline to an imitation of every provider: chat completions.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import OpenAI from "openai";

import { HELLO, key, PICTURE, place, providers, time, url, weather } from "./place.ts";

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });

function tools(called: string[]) {
  return [
    {
      type: "function" as const,
      function: {
        name: "get_weather",
        description: "The weather of a city",
        parameters: weather,
        parse: JSON.parse,
        function: ({ city }: { city: string }) => {
          called.push(`weather in ${city}`);
          return "21 degrees";
        },
      },
    },
    {
      type: "function" as const,
      function: {
        name: "get_time",
        description: "The time in a zone",
        parameters: time,
        parse: JSON.parse,
        function: ({ zone }: { zone: string }) => {
          called.push(`time in ${zone}`);
          return "ten past nine";
        },
      },
    },
  ];
}

for (const model of providers) {
  describe(model, () => {
    const ask = (content: string) => ({ model, messages: [{ role: "user" as const, content }] });

    test("text", async () => {
      const answer = await client.chat.completions.create(ask("say hello"));
      assert.equal(answer.choices[0].message.content, HELLO);
      assert.equal(answer.choices[0].finish_reason, "stop");
      assert.ok(answer.usage && answer.usage.total_tokens >= 0);
    });

    test("stream", async () => {
      const stream = await client.chat.completions.create({
        ...ask("say hello"),
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = "";
      let told = 0;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        if (chunk.usage) told += 1;
      }
      assert.equal(text, HELLO);
      assert.equal(told, 1);
    });

    test("stream helper", async () => {
      const stream = client.chat.completions.stream(ask("say hello"));
      assert.equal(await stream.finalContent(), HELLO);
    });

    for (const stream of [false, true] as const) {
      test(`tool loop, ${stream ? "streamed" : "whole"}`, async () => {
        const called: string[] = [];
        const body = { ...ask("weather and time"), tools: tools(called) };
        const runner = stream
          ? client.chat.completions.runTools({ ...body, stream: true })
          : client.chat.completions.runTools({ ...body, stream: false });
        assert.equal(await runner.finalContent(), "21 degrees, ten past nine.");
        assert.deepEqual(called.sort(), ["time in Europe/Berlin", "weather in Köln"]);
      });
    }

    test("image in", async () => {
      const answer = await client.chat.completions.create({
        model,
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "what is in the picture" },
              { type: "image_url", image_url: { url: `data:image/png;base64,${PICTURE}` } },
            ],
          },
        ],
      });
      assert.equal(answer.choices[0].message.content, "A red square.");
    });

    test("JSON schema", async () => {
      const answer = await client.chat.completions.parse({
        ...ask("as json"),
        response_format: { type: "json_schema", json_schema: { name: "weather", strict: true, schema: place } },
      });
      assert.deepEqual(JSON.parse(answer.choices[0].message.content ?? ""), { city: "Köln", degrees: 21 });
    });

    for (const [said, kind] of [
      ["fail 400", OpenAI.BadRequestError],
      ["fail 401", OpenAI.InternalServerError],
      ["fail 404", OpenAI.NotFoundError],
      ["fail 429", OpenAI.RateLimitError],
    ] as const) {
      test(`${said} is ${kind.name}`, async () => {
        await assert.rejects(client.chat.completions.create(ask(said)), kind);
        await assert.rejects(client.chat.completions.create({ ...ask(said), stream: true }), kind);
      });
    }

    test("stream that is aborted", async () => {
      const stream = await client.chat.completions.create({ ...ask("many words"), stream: true });
      let seen = 0;
      for await (const _ of stream) {
        seen += 1;
        if (seen === 3) stream.controller.abort();
      }
      assert.ok(seen >= 3);
      const again = await client.chat.completions.create(ask("say hello"));
      assert.equal(again.choices[0].message.content, HELLO);
    });
  });
}

test("wrong key", async () => {
  const stranger = new OpenAI({ baseURL: `${url}/v1`, apiKey: "sk-wrong", maxRetries: 0 });
  await assert.rejects(
    stranger.chat.completions.create({ model: providers[0], messages: [{ role: "user", content: "x" }] }),
    OpenAI.AuthenticationError,
  );
});

test("models", async () => {
  const names: string[] = [];
  for await (const model of client.models.list()) names.push(model.id);
  for (const provider of providers) assert.ok(names.includes(provider), provider);
});
