import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { signOut } from "@/features/account/api";
import { address } from "@/shared/api/address";
import { type Command, commandSources } from "@/shared/commands";
import { useWorkspace } from "@/shared/workspace";
import { useFinder } from "../shell/Finder";
import { ITEMS } from "../shell/navigation";
import { texts } from "../shell/texts";
import { grouped } from "./match";

const TYPING_MS = 150;

/** What the palette shows for `text`: pages, actions, and what the server finds. */
export function useFound(text: string): { groups: [string, Command[]][]; searching: boolean } {
  const { client, id, may } = useWorkspace();
  const queries = useQueryClient();
  const own = useOwnCommands();
  const [asked] = useDebouncedValue(text.trim(), TYPING_MS);
  const answers = useQueries({
    queries: commandSources().map((source) => ({
      queryKey: ["palette", source.id, id, asked],
      queryFn: ({ signal }: { signal: AbortSignal }) => source.find({ client, workspaceId: id, queries }, asked, signal),
      enabled: asked !== "" && (source.may === undefined || may.has(source.may)),
      staleTime: 30_000,
      retry: false,
    })),
  });
  const found = answers.flatMap((answer) => answer.data ?? []);
  return {
    groups: grouped(own, found, text),
    searching: text.trim() !== asked || answers.some((answer) => answer.isFetching),
  };
}

function useOwnCommands(): Command[] {
  const { may } = useWorkspace();
  const { showKeys } = useFinder();
  const { setColorScheme } = useMantineColorScheme();
  return useMemo(() => {
    const pages = ITEMS.filter((item) => item.may === undefined || may.has(item.may)).map(
      ({ to, label, group }): Command => ({ id: to, label, group: texts.palette.pages, run: to, keywords: [group] }),
    );
    const actions: [id: string, label: string, run: () => void][] = [
      ["keys", texts.palette.keys, showKeys],
      ["light", texts.palette.light, () => setColorScheme("light")],
      ["dark", texts.palette.dark, () => setColorScheme("dark")],
      ["system", texts.palette.system, () => setColorScheme("auto")],
      ["docs", texts.palette.docs, () => window.open(address("/docs"), "_blank", "noopener")],
      ["sign-out", texts.palette.signOut, () => void signOut()],
    ];
    return [...pages, ...actions.map(([id, label, run]): Command => ({ id, label, group: texts.palette.actions, run }))];
  }, [may, showKeys, setColorScheme]);
}
