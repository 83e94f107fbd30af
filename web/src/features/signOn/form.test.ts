import { expect, test } from "vitest";
import type { IdentityProvider } from "@trunkline/client";
import { begin, isSlug, newProvider, placesOf, type ProviderFields, providerChange, shown } from "./form";

const provider: IdentityProvider = {
  id: "p", slug: "okta", name: "Okta", issuer: "https://example.okta.com", clientId: "0oa1", clientSecretMask: "…x7Qd", scopes: ["openid", "groups"], groupsClaim: "groups",
  groupRoles: [{ group: " staff", workspaceId: "w", role: "member" }], defaultRole: { workspaceId: "w", role: "viewer" }, linksByEmail: true, enabled: false,
  redirectUri: "https://ai.example.com/api/auth/sso/okta/callback", scimUrl: "https://ai.example.com/scim/v2", scimTokenMask: null, revision: 3,
  createdBy: "u", createdAt: "2026-01-01T00:00:00Z", updatedAt: "2026-01-01T00:00:00Z",
};
const seal = async (secret: string, url: string) => `sealed(${secret} for ${url})`;
const fields = (more: Partial<ProviderFields>): ProviderFields => ({ ...begin(null), name: "Okta", slug: "okta", issuer: " https://example.okta.com ", clientId: "0oa1", ...more });

test("a new one has its secret sealed for the issuer, and none where none was typed", async () => {
  expect(await newProvider(fields({ clientSecret: " s " }), seal)).toMatchObject({ slug: "okta", issuer: "https://example.okta.com", clientSecret: "sealed(s for https://example.okta.com)" });
  expect(await newProvider(fields({}), seal)).not.toHaveProperty("clientSecret");
});

test("what is stored comes back as it is when nothing is changed, without a slug and without the secret", async () => {
  const change = await providerChange(begin(provider), seal);
  expect(provider).toMatchObject(change);
  expect(Object.keys(change)).not.toContain("slug");
  expect(Object.keys(change)).not.toContain("clientSecret");
});

test("a public client has its secret taken away", async () => {
  expect(await providerChange({ ...begin(provider), publicClient: true }, seal)).toMatchObject({ clientSecret: null });
});

test("without a workspace for everybody else, they are refused", async () => {
  expect(await providerChange({ ...begin(provider), restWorkspaceId: "" }, seal)).toMatchObject({ defaultRole: null });
});

test("of secrets two sides of a conflict show only that they change", () => {
  expect(shown({ ...begin(provider), clientSecret: "hush" }, "new")).toMatchObject({ name: "Okta", clientSecret: "new" });
  expect(shown(begin(provider), "new")).toMatchObject({ clientSecret: null });
});

test("what the API says of a row stands at its field", () => {
  expect(placesOf(begin(provider))).toMatchObject({ "groupRoles[0].workspaceId": "groupRoles.0.workspaceId", "defaultRole.workspaceId": "restWorkspaceId" });
});

test.each([["okta", true], ["okta-2", true], ["Okta", false], ["-okta", false], ["", false]])("%s as a slug: %s", (slug, good) => {
  expect(isSlug(slug)).toBe(good);
});
