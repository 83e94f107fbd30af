// The Vercel AI SDK through Trunkline: a loop of tool calls, an answer with a given structure, and a stream, by the
// client of each wire. Run as `node programs.mjs ADDRESS KEY PROVIDER...`; prints one line of JSON for each.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const [url, apiKey, ...providers] = process.argv.slice(2);
const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey });
const compatible = createOpenAICompatible({
  name: "trunkline",
  baseURL: `${url}/v1`,
  apiKey,
  supportsStructuredOutputs: true,
});
const wires = {
  "openai, chat": (name) => openai.chat(name),
  "openai, responses": (name) => openai.responses(name),
  "openai-compatible": (name) => compatible(name),
  anthropic: (name) => createAnthropic({ baseURL: `${url}/v1`, apiKey })(name),
  google: (name) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey })(name),
};

const weather = tool({
  description: "The weather of a city",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `21 degrees in ${city}`,
});
const structure = z.object({ city: z.string(), degrees: z.number().int() });

function expect(truth, found) {
  if (!truth) throw new Error(`unexpected: ${JSON.stringify(found)}`);
}

const programs = {
  "tool loop": async (model) => {
    const { text, steps } = await generateText({
      model,
      tools: { get_weather: weather },
      stopWhen: stepCountIs(3),
      prompt: "weather please",
      maxRetries: 0,
    });
    expect(text.includes("21 degrees") && steps.length === 2, text);
  },
  "structured output": async (model) => {
    const { output } = await generateText({
      model,
      output: Output.object({ schema: structure, name: "Weather" }),
      prompt: "as json",
      maxRetries: 0,
    });
    expect(output.city === "Köln" && output.degrees === 21, output);
  },
  stream: async (model) => {
    let failure;
    const { textStream } = streamText({
      model,
      prompt: "say hello",
      maxRetries: 0,
      onError: ({ error }) => {
        failure = error;
      },
    });
    let text = "";
    for await (const piece of textStream) text += piece;
    if (failure) throw failure;
    expect(text.includes("Hello") || text.includes("21 degrees"), text);
  },
};

for (const [wire, make] of Object.entries(wires)) {
  for (const [tried, program] of Object.entries(programs)) {
    for (const provider of providers) {
      let error = "";
      try {
        await program(make(provider));
      } catch (failure) {
        error = `${failure.name}: ${failure.message} ${failure.responseBody ?? ""}`.slice(0, 300);
      }
      console.log(JSON.stringify({ library: "Vercel AI SDK", wire, tried, provider, error }));
    }
  }
}
