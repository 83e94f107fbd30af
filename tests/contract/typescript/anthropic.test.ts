// The official @anthropic-ai/sdk package through Trunkline to an imitation of every provider.

import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { HELLO, key, PICTURE, place, providers, time, url, weather } from "./place.ts";

const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });

function said(message: { content: Array<{ type: string }> }): string {
  return message.content.map((block) => (block.type === "text" ? (block as Anthropic.TextBlock).text : "")).join("");
}

for (const model of providers) {
  describe(model, () => {
    const ask = (content: Anthropic.MessageParam["content"]) => ({
      model,
      max_tokens: 100,
      messages: [{ role: "user" as const, content }],
    });

    test("text", async () => {
      const message = await client.messages.create({ ...ask("say hello"), system: "Be brief." });
      assert.equal(said(message), HELLO);
      assert.equal(message.stop_reason, "end_turn");
      assert.ok(message.usage.output_tokens >= 0);
    });

    test("stream", async () => {
      const stream = client.messages.stream(ask("say hello"));
      let text = "";
      stream.on("text", (piece) => (text += piece));
      const message = await stream.finalMessage();
      assert.equal(text, HELLO);
      assert.equal(said(message), HELLO);
      assert.equal(message.stop_reason, "end_turn");
    });

    for (const stream of [false, true] as const) {
      test(`tool loop, ${stream ? "streamed" : "whole"}`, async () => {
        const called: string[] = [];
        const tools = [
          betaTool({
            name: "get_weather",
            description: "The weather of a city",
            inputSchema: weather,
            run: ({ city }) => {
              called.push(`weather in ${city}`);
              return "21 degrees";
            },
          }),
          betaTool({
            name: "get_time",
            description: "The time in a zone",
            inputSchema: time,
            run: ({ zone }) => {
              called.push(`time in ${zone}`);
              return "ten past nine";
            },
          }),
        ];
        // The runner keeps the conversation in a thread at Anthropic, which the imitation of Anthropic does not know. With
        // other providers Trunkline says that there are no threads, and the runner goes on without.
        const thread = model === "anthropic" ? (false as const) : undefined;
        const body = { ...ask("weather and time"), tools, thread };
        const runner = stream
          ? client.beta.messages.toolRunner({ ...body, stream: true })
          : client.beta.messages.toolRunner({ ...body, stream: false });
        assert.equal(said(await runner.runUntilDone()), "21 degrees, ten past nine.");
        assert.deepEqual(called.sort(), ["time in Europe/Berlin", "weather in Köln"]);
      });
    }

    test("image in", async () => {
      const source = { type: "base64" as const, media_type: "image/png" as const, data: PICTURE };
      const message = await client.messages.create(
        ask([
          { type: "image", source },
          { type: "text", text: "what is in the picture" },
        ]),
      );
      assert.equal(said(message), "A red square.");
    });

    test("JSON schema", async () => {
      const message = await client.messages.create({
        ...ask("as json"),
        output_config: { format: { type: "json_schema", schema: place } },
      });
      assert.deepEqual(JSON.parse(said(message)), { city: "Köln", degrees: 21 });
    });

    for (const [words, kind] of [
      ["fail 400", Anthropic.BadRequestError],
      ["fail 401", Anthropic.InternalServerError],
      ["fail 404", Anthropic.NotFoundError],
      ["fail 429", Anthropic.RateLimitError],
    ] as const) {
      test(`${words} is ${kind.name}`, async () => {
        await assert.rejects(client.messages.create(ask(words)), kind);
        await assert.rejects(client.messages.stream(ask(words)).finalMessage(), kind);
      });
    }

    test("stream that is aborted", async () => {
      const stream = client.messages.stream(ask("many words"));
      let seen = 0;
      stream.on("text", () => {
        seen += 1;
        if (seen === 3) stream.abort();
      });
      await assert.rejects(stream.done(), Anthropic.APIUserAbortError);
      assert.ok(seen >= 3);
    });
  });
}

test("wrong key", async () => {
  const stranger = new Anthropic({ baseURL: url, apiKey: "wrong", maxRetries: 0 });
  await assert.rejects(
    stranger.messages.create({ model: providers[0], max_tokens: 9, messages: [{ role: "user", content: "x" }] }),
    Anthropic.AuthenticationError,
  );
});
