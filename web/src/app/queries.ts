import { MutationCache, QueryClient } from "@tanstack/react-query";
import { mayHelpAgain } from "@/shared/api/problem";

const CONVERSATION_KEPT_MS = 60_000;

/** What the console has read of the server, and for how long it keeps it. */
export const queries: QueryClient = new QueryClient({
  // Whatever was changed, there may be one more or one less of it now.
  mutationCache: new MutationCache({ onSuccess: () => void queries.invalidateQueries({ queryKey: ["counts"] }) }),
  defaultOptions: { queries: { staleTime: 10_000, retry: (failures, error) => failures < 2 && mayHelpAgain(error) } },
});

// They can be long, and who goes from one to the next shall not keep them all. Not said where they are read: a new one is
// written first, and of what both say the longer time counts.
queries.setQueryDefaults(["conversation"], { gcTime: CONVERSATION_KEPT_MS });
