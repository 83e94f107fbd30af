import { readLocalStorageValue, useLocalStorage } from "@mantine/hooks";

type Preference = "workspace" | "model";

/** A choice of this browser that outlives the session. Nothing secret: it is readable by every script of the page. */
export function usePreference(name: Preference, usual: string): [string, (value: string) => void] {
  const [value, set] = useLocalStorage({ key: `trunkline.${name}`, defaultValue: usual, getInitialValueInEffect: false });
  return [value, set];
}

/** The same once, outside of what is drawn. */
export function readPreference(name: Preference, usual: string): string {
  return readLocalStorageValue({ key: `trunkline.${name}`, defaultValue: usual });
}
