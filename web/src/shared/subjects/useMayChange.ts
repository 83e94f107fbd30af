import { useMay, useWorkspace } from "@/shared/workspace";
import type { Configuration } from "./configurations";

/** Whether somebody may change a configuration: their own, and as an administrator everybody's. */
export function useMayChange(configuration: Configuration, userId: string): boolean {
  const { role } = useWorkspace();
  const may = useMay("configurations.change");
  return may && (configuration.userId === userId || role === "owner" || role === "admin");
}
