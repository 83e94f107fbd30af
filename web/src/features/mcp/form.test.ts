import { expect, test } from "vitest";
import type { McpServer } from "@trunkline/client";
import { begin, bodyOf, isName, placesOf, type ServerFields, shown } from "./form";

const server = (more: Partial<McpServer>): McpServer => ({
  id: "s", workspaceId: "w", name: "issues", url: "https://mcp.example.com/mcp", auth: "none", headers: {}, tokenUrl: null, clientId: null, secretMask: null, scope: null,
  tools: null, keys: null, enabled: true, revision: 1, createdBy: "u", createdAt: "2026-01-01T00:00:00Z", updatedAt: "2026-01-01T00:00:00Z",
  ...more,
});
const seal = async (secret: string, url: string) => `sealed(${secret} for ${url})`;
const fields = (more: Partial<ServerFields>): ServerFields => ({ ...begin(null), name: "issues", url: " https://mcp.example.com/mcp ", ...more });

test("a server without a credential is sent with what its auth takes, and nothing else", async () => {
  expect(await bodyOf(fields({ clientId: "typed before", headers: [{ name: "X", value: "typed before", mask: "" }] }), seal)).toEqual({
    name: "issues", url: "https://mcp.example.com/mcp", auth: "none", enabled: true, tools: null, keys: null,
  });
});

test("headers are sealed for the server's address; the mask of one that stays is sent back", async () => {
  const body = await bodyOf(fields({ auth: "headers", headers: [{ name: " Authorization ", value: "Bearer a", mask: "" }, { name: "X-Team", value: "", mask: "…x7Qd" }] }), seal);
  expect(body.headers).toEqual({ Authorization: "sealed(Bearer a for https://mcp.example.com/mcp)", "X-Team": "…x7Qd" });
});

test("a client secret is sealed for the token endpoint, and left out where the stored one stays", async () => {
  const oauth = { auth: "oauth", tokenUrl: "https://login.example.com/token", clientId: "trunkline", scope: " " } as const;
  expect(await bodyOf(fields({ ...oauth, clientSecret: "s" }), seal)).toMatchObject({ clientSecret: "sealed(s for https://login.example.com/token)", scope: null });
  expect(await bodyOf(fields(oauth), seal)).not.toHaveProperty("clientSecret");
});

test("an empty list lets nobody in, which is not the same as no list", async () => {
  expect(await bodyOf(fields({ everyTool: false, everyKey: false }), seal)).toMatchObject({ tools: [], keys: [] });
  const keys = [{ keyId: "a", tools: [] }, { keyId: "b", tools: ["search"] }];
  expect((await bodyOf(fields({ everyKey: false, keys }), seal)).keys).toEqual([{ keyId: "a", tools: null }, { keyId: "b", tools: ["search"] }]);
});

test("what is stored comes back as it is when nothing is changed", async () => {
  for (const stored of [server({ auth: "headers", headers: { Authorization: "…alue" } }), server({ tools: ["a"], keys: [{ keyId: "k", tools: null }], enabled: false })]) {
    const body = await bodyOf(begin(stored), seal);
    expect(stored).toMatchObject(body);
  }
});

test("of secrets two sides of a conflict show only that they change", () => {
  const typed = { ...begin(server({ auth: "headers", headers: { A: "…1", B: "…2" } })) };
  typed.headers = typed.headers.map((header) => (header.name === "A" ? { ...header, value: "Bearer secret" } : header));
  expect(shown(typed, "new")).toMatchObject({ headers: { A: "new", B: "…2" } });
  expect(JSON.stringify(shown(typed, "new"))).not.toContain("secret");
});

test("what the API says of a header stands at its value", () => {
  expect(placesOf(fields({ headers: [{ name: "A", value: "", mask: "" }, { name: "Host", value: "x", mask: "" }] }))).toEqual({
    headers: "headers.0.value", "headers.A": "headers.0.value", "headers.Host": "headers.1.value",
  });
});

test.each([["issue-tracker", true], ["a", true], ["Issues", false], ["-a", false], ["a/b", false], ["", false]])("%s as a name: %s", (name, good) => {
  expect(isName(name)).toBe(good);
});
