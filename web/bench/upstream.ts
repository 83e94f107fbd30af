import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const MODELS = 10_000;

/** A provider that lists ten thousand models. Gives its address. */
export async function startUpstream(): Promise<string> {
  const data = Array.from({ length: MODELS }, (_, at) => ({
    id: `maker-${at % 50}/model-${String(at).padStart(5, "0")}`, object: "model", created: 1_719_446_400, context_length: 128_000,
    architecture: { input_modalities: ["text"], output_modalities: ["text"] },
    pricing: { prompt: "0.00000027", completion: "0.00000027" },
  }));
  const server = createServer((_, response) => response.setHeader("content-type", "application/json").end(JSON.stringify({ object: "list", data })));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}
