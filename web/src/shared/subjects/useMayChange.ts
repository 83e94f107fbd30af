import { useMay, useWorkspace } from "@/shared/workspace";
import type { Configuration } from "./configurations";

type Owned = Pick<Configuration, "userId">;

/** Says of a configuration whether one may change it, its versions and its experiment: one's own, and as an administrator everybody's. */
export function useMayChangeEach(): (configuration: Owned) => boolean {
  const { role, userId } = useWorkspace();
  const may = useMay("configurations.change");
  return (configuration) => may && (configuration.userId === userId || role === "owner" || role === "admin");
}

/** The same of one, which is not known yet when it is undefined. */
export function useMayChange(configuration: Owned | undefined): boolean {
  const mayChange = useMayChangeEach();
  return configuration !== undefined && mayChange(configuration);
}
