import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSeal } from "@/shared/api/sealing";
import type { Saved } from "@/shared/revisions/useConflicts";
import { useWorkspace } from "@/shared/workspace";
import { type IdentityProvider, openableQuery, providersQuery, publicUrlQuery, saveProvider } from "./api";
import type { ProviderFields } from "./form";

/** All identity providers. */
export function useIdentityProviders() {
  const { client } = useWorkspace();
  return useInfiniteQuery(providersQuery(client));
}

/** Workspaces that can be opened to groups; undefined until they are read. */
export function useOpenable(): { value: string; label: string }[] | undefined {
  const { client } = useWorkspace();
  return useQuery(openableQuery(client)).data;
}

/** The address at which people reach the server; null where nothing says it, undefined until it is read. */
export function usePublicUrl(): string | null | undefined {
  const { client } = useWorkspace();
  return useQuery(publicUrlQuery(client)).data;
}

/** Adds a provider, or changes one. */
export function useSaveProvider() {
  const { client } = useWorkspace();
  const seal = useSeal();
  return useMutation({ mutationFn: (saved: Saved<IdentityProvider, ProviderFields>) => saveProvider(client, saved, seal), onSuccess: useForget() });
}

/** Deletes a provider. */
export function useDeleteProvider(): (providerId: string) => Promise<void> {
  const { client } = useWorkspace();
  const forget = useForget();
  return async (providerId) => {
    await client.identityProviders.delete(providerId);
    await forget();
  };
}

/** Makes a SCIM token, and voids it. What `make` gives holds the token itself, until the dialog is left. */
export function useScimToken(providerId: string) {
  const { client } = useWorkspace();
  const onSuccess = useForget();
  return {
    make: useMutation({ mutationFn: () => client.identityProviders.createScimToken(providerId), onSuccess, gcTime: 0 }),
    remove: useMutation({ mutationFn: () => client.identityProviders.deleteScimToken(providerId), onSuccess }),
  };
}

function useForget(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["identity-providers"], exact: true });
}
