import type { Field } from "@/shared/parameters/field";

/** Values of a provider's settings, by name. What is not there is not sent. */
export type Settings = Record<string, unknown>;

/** Settings that say where calls go and who pays: asked for beside the key. */
const CONNECTION: ReadonlySet<string> = new Set([
  "region", "project", "location", "organizationId", "accessKeyId", "siteUrl", "siteName", "headers",
]);
const LONG_CHARACTERS = 1000;

/** The settings of a provider's JSON Schema: those of the connection, and the parameters of calls. */
export function readFields(schema: Record<string, unknown>): { connection: Field[]; parameters: Field[] } {
  const properties = (schema["properties"] ?? {}) as Record<string, Record<string, unknown>>;
  const fields = Object.entries(properties).map(([name, property]) => readField(name, property));
  return {
    connection: fields.filter((field) => CONNECTION.has(field.name)),
    parameters: fields.filter((field) => !CONNECTION.has(field.name)),
  };
}

function readField(name: string, property: Record<string, unknown>): Field {
  const number = (key: string) => (typeof property[key] === "number" ? property[key] : undefined);
  const choices = Array.isArray(property["enum"]) ? (property["enum"] as (string | boolean)[]) : [];
  const maxLength = number("maxLength");
  const examples = Array.isArray(property["examples"]) ? property["examples"] : [];
  return {
    name,
    title: typeof property["title"] === "string" ? property["title"] : name,
    description: typeof property["description"] === "string" ? property["description"] : "",
    kind: kindOf(property, choices.length > 0, maxLength),
    minimum: number("minimum"),
    maximum: number("maximum"),
    usual: property["default"],
    example: examples[0],
    choices,
    maxLength,
  };
}

function kindOf(property: Record<string, unknown>, chosen: boolean, maxLength: number | undefined): Field["kind"] {
  if (chosen) return "choice";
  switch (property["type"]) {
    case "number":
      return "number";
    case "integer":
      return "integer";
    case "boolean":
      return "switch";
    case "array":
      return (property["items"] as Record<string, unknown> | undefined)?.["type"] === "string" ? "list" : "json";
    case "object":
      return "json";
    default:
      return maxLength !== undefined && maxLength > LONG_CHARACTERS ? "long" : "text";
  }
}

/** `settings` with one of them set; `undefined` takes it out, so that it is not sent. */
export function withSetting(settings: Settings, name: string, value: unknown): Settings {
  const { [name]: _, ...rest } = settings;
  return value === undefined || value === "" ? rest : { ...rest, [name]: value };
}

/** What to send so that `before` becomes `after`: settings that are gone are told as null. */
export function settingsChange(before: Settings, after: Settings): Settings {
  const changed: Settings = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) changed[name] = after[name] ?? null;
  }
  return changed;
}
