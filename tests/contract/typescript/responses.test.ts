// The official openai package through Trunkline to an imitation of every provider: responses.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import OpenAI from "openai";

import { HELLO, key, PICTURE, place, providers, time, url, weather } from "./place.ts";

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
const tools = [
  { type: "function" as const, name: "get_weather", parameters: weather, strict: false },
  { type: "function" as const, name: "get_time", parameters: time, strict: false },
];

for (const model of providers) {
  describe(model, () => {
    test("text", async () => {
      const answer = await client.responses.create({ model, instructions: "Be brief.", input: "say hello" });
      assert.equal(answer.output_text, HELLO);
      assert.equal(answer.status, "completed");
    });

    test("stream", async () => {
      const stream = client.responses.stream({ model, input: "say hello" });
      let text = "";
      stream.on("response.output_text.delta", (event) => (text += event.delta));
      const answer = await stream.finalResponse();
      assert.equal(text, HELLO);
      assert.equal(answer.output_text, HELLO);
    });

    test("tool loop", async () => {
      const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: "weather and time" }];
      const asked = await client.responses.create({ model, input, tools, store: false });
      const calls = asked.output.filter((item) => item.type === "function_call");
      assert.deepEqual(calls.map((call) => call.name).sort(), ["get_time", "get_weather"]);
      input.push(...asked.output);
      for (const call of calls) {
        input.push({ type: "function_call_output", call_id: call.call_id, output: `result of ${call.name}` });
      }
      const answer = await client.responses.create({ model, input, tools, store: false });
      assert.equal(answer.output_text, "21 degrees, ten past nine.");
    });

    test("image in", async () => {
      const answer = await client.responses.create({
        model,
        input: [
          {
            role: "user",
            content: [
              { type: "input_text", text: "what is in the picture" },
              { type: "input_image", detail: "auto", image_url: `data:image/png;base64,${PICTURE}` },
            ],
          },
        ],
      });
      assert.equal(answer.output_text, "A red square.");
    });

    test("JSON schema", async () => {
      const answer = await client.responses.create({
        model,
        input: "as json",
        text: { format: { type: "json_schema", name: "weather", strict: true, schema: place } },
      });
      assert.deepEqual(JSON.parse(answer.output_text), { city: "Köln", degrees: 21 });
    });

    test("errors", async () => {
      await assert.rejects(client.responses.create({ model, input: "fail 400" }), OpenAI.BadRequestError);
      await assert.rejects(client.responses.create({ model, input: "fail 429" }), OpenAI.RateLimitError);
      await assert.rejects(client.responses.create({ model, input: "fail 404", stream: true }), OpenAI.NotFoundError);
    });

    test("stream that is aborted", async () => {
      const stream = await client.responses.create({ model, input: "many words", stream: true });
      let seen = 0;
      for await (const _ of stream) {
        seen += 1;
        if (seen === 3) stream.controller.abort();
      }
      assert.ok(seen >= 3);
    });
  });
}
