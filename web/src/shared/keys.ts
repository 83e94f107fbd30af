import { useHotkeys } from "@mantine/hooks";
import { useEffect } from "react";

/** How the key is called on this computer that goes with shortcuts. */
export const MOD = /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? "") ? "⌘" : "Ctrl ";

/** A shortcut in the list that `?` shows. */
export interface Shortcut {
  /** As Mantine writes them: `mod+Enter`, `shift+?`. */
  keys: string;
  what: string;
}

const known = new Map<string, Shortcut>();

/** Has `keys` do `run` while the component is there, and lists it under `?`. `inFields`: also where one types. */
export function useShortcut(keys: string, what: string, run: () => void, inFields = false): void {
  useHotkeys([[keys, run]], inFields ? [] : undefined, inFields);
  useListed(keys, what);
}

/** Lists a shortcut that something else listens for. */
function useListed(keys: string, what: string): void {
  useEffect(() => {
    known.set(keys, { keys, what });
    return () => void known.delete(keys);
  }, [keys, what]);
}

/** What can be pressed now. */
export function listShortcuts(): Shortcut[] {
  return [...known.values()];
}

/** `mod+Enter` as the keys are called here, one by one. */
export function keyNames(keys: string): string[] {
  return keys.split("+").map((key) => (key === "mod" ? MOD.trim() : key.length === 1 ? key.toUpperCase() : key.charAt(0).toUpperCase() + key.slice(1)));
}
