import { useLocalStorage } from "@mantine/hooks";

/** A choice of this browser that outlives the session. Nothing secret: it is readable by every script of the page. */
export function usePreference(name: "workspace" | "model", usual: string): [string, (value: string) => void] {
  const [value, set] = useLocalStorage({ key: `trunkline.${name}`, defaultValue: usual, getInitialValueInEffect: false });
  return [value, set];
}
