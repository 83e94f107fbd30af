import type { QueryClient } from "@tanstack/react-query";
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

/** Where a source looks: the workspace's client, and what was read already. */
export interface Place {
  client: TrunklineClient;
  workspaceId: string;
  queries: QueryClient;
}

/** Finds things on the server by what is typed: configurations, models, conversations. */
export interface CommandSource {
  id: string;
  /** The action (see `useMay`) without which it is not asked. */
  may?: string;
  find: (place: Place, text: string, signal: AbortSignal) => Promise<Command[]>;
}

const sources = new Map<string, CommandSource>();

/** Everything that can be asked for what is typed. */
export function commandSources(): CommandSource[] {
  return [...sources.values()];
}

/** Has the palette ask `source`, too. Called once where a subject's routes stand. */
export function registerSource(source: CommandSource): void {
  sources.set(source.id, source);
}
