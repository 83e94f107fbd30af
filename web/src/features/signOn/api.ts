import { queryOptions } from "@tanstack/react-query";
import type { IdentityProvider, TrunklineClient } from "@trunkline/client";
import { at, pagesQuery, readAll } from "@/shared/api/pages";
import type { Seal } from "@/shared/api/sealing";
import type { Saved } from "@/shared/revisions/useConflicts";
import { newProvider, type ProviderFields, providerChange } from "./form";

const PAGE = 100;

/** All identity providers, the oldest first: they are the installation's, whatever the workspace. */
export const providersQuery = (client: TrunklineClient) =>
  pagesQuery<IdentityProvider>(["identity-providers"], (cursor) => client.page("/api/identity-providers", { query: { limit: PAGE, ...at(cursor) } }));

/** Shared workspaces of which one is an admin: those that can be opened to groups. */
export const openableQuery = (client: TrunklineClient) =>
  queryOptions({
    queryKey: ["identity-providers", "workspaces"],
    queryFn: async () => {
      const all = await readAll((cursor) => client.page("/api/workspaces", { query: { limit: PAGE, ...at(cursor) } }));
      return all.filter(({ personal, role }) => !personal && (role === "owner" || role === "admin")).map(({ id, name }) => ({ value: id, label: name }));
    },
  });

/** The address at which people reach the server, as its settings say; null where they do not. */
export const publicUrlQuery = (client: TrunklineClient) =>
  queryOptions({
    queryKey: ["identity-providers", "public-url"],
    queryFn: async () => {
      const { settings } = await client.get("/api/settings");
      const set = settings.find(({ name }) => name === "TRUNKLINE_PUBLIC_URL")?.value;
      return typeof set === "string" && set !== "" ? set.replace(/\/$/, "") : null;
    },
  });

/** Saves it with its secret sealed. Fails with 412 where somebody else changed it meanwhile. */
export async function saveProvider(client: TrunklineClient, { draft, onto }: Saved<IdentityProvider, ProviderFields>, seal: Seal): Promise<IdentityProvider> {
  if (onto === null) return client.identityProviders.create(await newProvider(draft, seal));
  return client.put("/api/identity-providers/{identity_provider_id}", {
    path: { identity_provider_id: onto.id },
    headers: { "if-match": `"${onto.revision}"` },
    body: await providerChange(draft, seal),
  });
}

export type { IdentityProvider };
