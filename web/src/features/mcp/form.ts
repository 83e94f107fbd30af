import type { CreateMcpServerRequest, McpServer } from "@trunkline/client";
import type { Seal } from "@/shared/api/sealing";

export const AUTHS = ["none", "headers", "oauth"] as const;
type Auth = (typeof AUTHS)[number];

/** A header as it is typed. `mask` shows the value that is stored, which stays while `value` is "". */
interface HeaderFields {
  name: string;
  value: string;
  mask: string;
}

/** A key that may use the server; without tools, all that the server lets in. */
interface KeyFields {
  keyId: string;
  tools: string[];
}

/** What is typed of a server. `clientSecret` is "" where the stored one stays. */
export interface ServerFields {
  name: string;
  url: string;
  auth: Auth;
  headers: HeaderFields[];
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  everyTool: boolean;
  tools: string[];
  everyKey: boolean;
  keys: KeyFields[];
  enabled: boolean;
}

export const NEW_HEADER: HeaderFields = { name: "Authorization", value: "", mask: "" };
export const NEW_KEY: KeyFields = { keyId: "", tools: [] };

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** Whether `name` can stand in addresses. */
export function isName(name: string): boolean {
  return NAME.test(name.trim());
}

/** The fields as they begin: those of `server`, or of a new one. */
export function begin(server: McpServer | null): ServerFields {
  const headers = Object.entries(server?.headers ?? {}).map(([name, mask]) => ({ name, value: "", mask }));
  return {
    name: server?.name ?? "",
    url: server?.url ?? "",
    auth: server?.auth ?? "none",
    headers: headers.length === 0 ? [NEW_HEADER] : headers,
    tokenUrl: server?.tokenUrl ?? "",
    clientId: server?.clientId ?? "",
    clientSecret: "",
    scope: server?.scope ?? "",
    everyTool: (server?.tools ?? null) === null,
    tools: server?.tools ?? [],
    everyKey: (server?.keys ?? null) === null,
    keys: (server?.keys ?? []).map(({ keyId, tools }) => ({ keyId, tools: tools ?? [] })),
    enabled: server?.enabled ?? true,
  };
}

/** The server as the API takes it, with its secrets sealed for where they are sent. The mask of a header says that its value stays. */
export async function bodyOf(given: ServerFields, seal: Seal): Promise<CreateMcpServerRequest> {
  const url = given.url.trim();
  return {
    name: given.name.trim(),
    url,
    enabled: given.enabled,
    tools: given.everyTool ? null : given.tools,
    keys: given.everyKey ? null : given.keys.map(({ keyId, tools }) => ({ keyId, tools: tools.length === 0 ? null : tools })),
    auth: given.auth,
    ...(given.auth === "headers" ? { headers: await headersOf(given, url, seal) } : {}),
    ...(given.auth === "oauth" ? await oauthOf(given, seal) : {}),
  };
}

async function headersOf({ headers }: ServerFields, url: string, seal: Seal): Promise<Record<string, string>> {
  const pairs = headers.map(async ({ name, value, mask }): Promise<[string, string]> => [name.trim(), value.trim() === "" ? mask : await seal(value.trim(), url)]);
  return Object.fromEntries(await Promise.all(pairs));
}

async function oauthOf({ tokenUrl, clientId, clientSecret, scope }: ServerFields, seal: Seal) {
  const [place, secret] = [tokenUrl.trim(), clientSecret.trim()];
  return {
    tokenUrl: place,
    clientId: clientId.trim(),
    scope: scope.trim() === "" ? null : scope.trim(),
    ...(secret === "" ? {} : { clientSecret: await seal(secret, place) }),
  };
}

/** What may be seen of the fields, to compare two of them: of secrets only that they change. */
export function shown(given: ServerFields, changes: string): object {
  const { name, url, auth, enabled } = given;
  return {
    name, url, auth, enabled,
    ...(auth === "headers" ? { headers: Object.fromEntries(given.headers.map(({ name: header, value, mask }) => [header, value === "" ? mask : changes])) } : {}),
    ...(auth === "oauth" ? { tokenUrl: given.tokenUrl, clientId: given.clientId, scope: given.scope, clientSecret: given.clientSecret === "" ? null : changes } : {}),
    tools: given.everyTool ? null : given.tools,
    keys: given.everyKey ? null : given.keys,
  };
}

/** Where what the server says of a field stands in the form. */
export function placesOf({ headers }: ServerFields): Record<string, `headers.${number}.value`> {
  return Object.fromEntries([["headers", "headers.0.value"], ...headers.map(({ name }, at) => [`headers.${name.trim()}`, `headers.${at}.value`])]) as Record<string, `headers.${number}.value`>;
}
