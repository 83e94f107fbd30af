import type { CreateIdentityProviderRequest, IdentityProvider, UpdateIdentityProviderRequest } from "@trunkline/client";
import type { Seal } from "@/shared/api/sealing";

export const ROLES = ["viewer", "member", "admin"] as const;
type Role = (typeof ROLES)[number];

/** The role of a group in a workspace, as it is chosen. */
interface GroupFields {
  group: string;
  workspaceId: string;
  role: Role;
}

/** What is typed of a provider. `clientSecret` is "" where the stored one stays; `restWorkspaceId` is "" where people without a role are refused. */
export interface ProviderFields {
  name: string;
  slug: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Whether the stored secret is taken away. */
  publicClient: boolean;
  scopes: string[];
  groupsClaim: string;
  groupRoles: GroupFields[];
  restWorkspaceId: string;
  restRole: Role;
  linksByEmail: boolean;
  enabled: boolean;
}

export const NEW_GROUP: GroupFields = { group: "", workspaceId: "", role: "member" };

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Whether `slug` can stand in addresses. */
export function isSlug(slug: string): boolean {
  return SLUG.test(slug.trim());
}

/** The fields as they begin: those of `provider`, or of a new one. */
export function begin(provider: IdentityProvider | null): ProviderFields {
  return {
    name: provider?.name ?? "",
    slug: provider?.slug ?? "",
    issuer: provider?.issuer ?? "",
    clientId: provider?.clientId ?? "",
    clientSecret: "",
    publicClient: false,
    scopes: provider?.scopes ?? ["openid", "email", "profile"],
    groupsClaim: provider?.groupsClaim ?? "groups",
    groupRoles: (provider?.groupRoles ?? []).map(({ group, workspaceId, role }) => ({ group, workspaceId, role })),
    restWorkspaceId: provider?.defaultRole?.workspaceId ?? "",
    restRole: provider?.defaultRole?.role ?? "viewer",
    linksByEmail: provider?.linksByEmail ?? false,
    enabled: provider?.enabled ?? true,
  };
}

/** A new provider as the API takes it, with its secret sealed for the issuer. */
export async function newProvider(given: ProviderFields, seal: Seal): Promise<CreateIdentityProviderRequest> {
  return { slug: given.slug.trim(), ...(await whole(given, seal)) };
}

/** What a provider becomes; the secret stays where none is typed. */
export async function providerChange(given: ProviderFields, seal: Seal): Promise<UpdateIdentityProviderRequest> {
  return { ...(await whole(given, seal)), ...(given.publicClient ? { clientSecret: null } : {}) };
}

async function whole(given: ProviderFields, seal: Seal) {
  const [issuer, secret] = [given.issuer.trim(), given.clientSecret.trim()];
  return {
    name: given.name.trim(),
    issuer,
    clientId: given.clientId.trim(),
    ...(secret === "" ? {} : { clientSecret: await seal(secret, issuer) }),
    scopes: given.scopes,
    groupsClaim: given.groupsClaim.trim(),
    // A group is compared as it is written, with its blanks.
    groupRoles: given.groupRoles,
    defaultRole: given.restWorkspaceId === "" ? null : { workspaceId: given.restWorkspaceId, role: given.restRole },
    linksByEmail: given.linksByEmail,
    enabled: given.enabled,
  };
}

/** What may be seen of the fields, to compare two of them: of the secret only that it changes. */
export function shown({ clientSecret, publicClient, ...rest }: ProviderFields, changes: string): object {
  return { ...rest, clientSecret: publicClient ? "" : clientSecret === "" ? null : changes };
}

/** Where what the server says of a field stands in the form: `groupRoles[0].group` is `groupRoles.0.group` there. */
export function placesOf({ groupRoles }: ProviderFields): Record<string, `groupRoles.${number}.${keyof GroupFields}` | "restWorkspaceId"> {
  const rows = groupRoles.flatMap((_, at) => (["group", "workspaceId", "role"] as const).map((field) => [`groupRoles[${at}].${field}`, `groupRoles.${at}.${field}`]));
  return Object.fromEntries([["defaultRole.workspaceId", "restWorkspaceId"], ...rows]) as ReturnType<typeof placesOf>;
}
