import type { Configuration } from "./api";
import type { Settings } from "./settings";

/** What a form changes of a configuration. */
export interface Editable {
  name: string;
  model: string | null;
  baseUrl: string | null;
  shared: boolean;
  isActive: boolean;
  configuration: Settings;
}

/** That of a configuration which a form changes. */
export function editable({ name, model, baseUrl, shared, isActive, configuration }: Configuration): Editable {
  return { name, model, baseUrl, shared, isActive, configuration };
}
