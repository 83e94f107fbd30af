import { SERVER } from "./api/address";

/** A request as a program would send it. */
export interface Sent {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From `/`, with its query. */
  path: string;
  body?: unknown;
  /** An API key that was just made. Without one, the snippet takes TRUNKLINE_API_KEY of the environment. */
  apiKey?: string | undefined;
}

export const LANGUAGES = ["curl", "python", "typescript"] as const;
export type Language = (typeof LANGUAGES)[number];

/** How each is called. */
export const LANGUAGE_NAMES: Record<Language, string> = { curl: "curl", python: "Python", typescript: "TypeScript" };

const VARIABLE = "TRUNKLINE_API_KEY";
const CHAT = "/v1/chat/completions";

/** The request as a snippet that runs as it stands. */
export function snippet(language: Language, sent: Sent, server: string = SERVER): string {
  return WRITERS[language](sent, server);
}

const WRITERS: Record<Language, (sent: Sent, server: string) => string> = {
  curl({ method, path, body, apiKey }, server) {
    const parts = [
      `curl ${method === "GET" || (method === "POST" && body !== undefined) ? "" : `-X ${method} `}${quoted(server + path)}`,
      `-H "Authorization: Bearer ${apiKey ?? `$${VARIABLE}`}"`,
    ];
    if (body !== undefined) parts.push(`-H "Content-Type: application/json"`, `-d ${quoted(json(body))}`);
    return parts.join(" \\\n  ");
  },
  python({ method, path, body, apiKey }, server) {
    const key = apiKey === undefined ? `os.environ["${VARIABLE}"]` : json(apiKey);
    const imports = apiKey === undefined ? ["import os", ""] : [];
    if (path === CHAT && isRecord(body)) {
      const stream = body["stream"] === true;
      const given = Object.entries(body).map(([name, value]) => `    ${name}=${python(value, 1)},`);
      return [
        ...imports,
        "from openai import OpenAI",
        "",
        `client = OpenAI(base_url="${server}/v1", api_key=${key})`,
        `${stream ? "stream" : "answer"} = client.chat.completions.create(`,
        ...given,
        ")",
        ...(stream
          ? ["for chunk in stream:", `    print(chunk.choices[0].delta.content or "" if chunk.choices else "", end="", flush=True)`]
          : ["print(answer.choices[0].message.content)"]),
      ].join("\n");
    }
    return [
      ...imports,
      "import httpx",
      "",
      "answer = httpx.request(",
      `    "${method}",`,
      `    "${server}${path}",`,
      `    headers={"Authorization": "Bearer " + ${key}},`,
      ...(body === undefined ? [] : [`    json=${python(body, 1)},`]),
      ")",
      "print(answer.json())",
    ].join("\n");
  },
  typescript({ method, path, body, apiKey }, server) {
    const key = apiKey === undefined ? `process.env.${VARIABLE}` : json(apiKey);
    if (path === CHAT && isRecord(body)) {
      const stream = body["stream"] === true;
      return [
        `import OpenAI from "openai";`,
        "",
        `const client = new OpenAI({ baseURL: "${server}/v1", apiKey: ${key} });`,
        `const ${stream ? "stream" : "answer"} = await client.chat.completions.create(${json(body)});`,
        stream
          ? `for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? "");`
          : "console.log(answer.choices[0].message.content);",
      ].join("\n");
    }
    return [
      `const answer = await fetch("${server}${path}", {`,
      `  method: "${method}",`,
      `  headers: { Authorization: \`Bearer \${${key}}\`${body === undefined ? "" : `, "Content-Type": "application/json"`} },`,
      ...(body === undefined ? [] : [`  body: JSON.stringify(${json(body).replaceAll("\n", "\n  ")}),`]),
      "});",
      "console.log(await answer.json());",
    ].join("\n");
  },
};

const json = (value: unknown): string => JSON.stringify(value, null, 2) ?? "";

/** For a shell: in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function python(value: unknown, depth: number): string {
  const inner = "    ".repeat(depth + 1);
  const outer = "    ".repeat(depth);
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : `[\n${value.map((each) => `${inner}${python(each, depth + 1)},`).join("\n")}\n${outer}]`;
  }
  if (isRecord(value)) {
    const entries = Object.entries(value);
    return entries.length === 0
      ? "{}"
      : `{\n${entries.map(([name, each]) => `${inner}${json(name)}: ${python(each, depth + 1)},`).join("\n")}\n${outer}}`;
  }
  return json(value);
}
