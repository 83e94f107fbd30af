import { useEffect } from "react";
import type { TrunklineClient } from "@trunkline/client";

/** Something that the palette (Cmd-K) can do. */
export interface Command {
  /** Unique among all. */
  id: string;
  label: string;
  /** A second line: where it is, what it does. */
  about?: string;
  /** Under which heading it stands: "Configurations". */
  group: string;
  /** Other words by which it is found. */
  keywords?: string[];
  /** The path of a page, or something to do. */
  run: string | (() => void);
}

/** Finds things on the server by what is typed: configurations, conversations. */
export interface CommandSource {
  id: string;
  /** The action (see `useMay`) without which it is not asked. */
  may?: string;
  find: (client: TrunklineClient, text: string, signal: AbortSignal) => Promise<Command[]>;
}

const commands = new Map<string, Command>();
const sources = new Map<string, CommandSource>();
const listeners = new Set<() => void>();
let current: Command[] = [];

function tell(): void {
  current = [...commands.values()];
  for (const listener of listeners) listener();
}

/** For `useSyncExternalStore`. */
export const commandStore = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  read: (): Command[] => current,
};

/** Everything that can be asked for what is typed. */
export function commandSources(): CommandSource[] {
  return [...sources.values()];
}

/** Has the palette ask `source`, too. Called once where a subject's routes stand. */
export function registerSource(source: CommandSource): void {
  sources.set(source.id, source);
}

/** Puts commands into the palette as long as the component is there: what can be done on this page. */
export function useCommands(given: Command[]): void {
  useEffect(() => {
    for (const command of given) commands.set(command.id, command);
    tell();
    return () => {
      for (const command of given) commands.delete(command.id);
      tell();
    };
  }, [given]);
}
