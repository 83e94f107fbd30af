import { z } from "zod";
import { callSearch, type FilterName } from "@/shared/calls/search";

/** What figures are told apart by, and the filter that a part becomes. */
export const DIMENSIONS = {
  configuration: "configurationId",
  model: "model",
  provider: "provider",
  user: "userId",
  key: "keyId",
  feature: "feature",
  version: "versionId",
  tag: "tag",
} as const satisfies Record<string, FilterName>;
export type Dimension = keyof typeof DIMENSIONS;

export const MEASURES = ["cost", "requests", "tokens", "errors"] as const;
export type Measure = (typeof MEASURES)[number];

/** What the address says of the page. */
export const usageSearch = callSearch.extend({
  by: z.enum(Object.keys(DIMENSIONS) as [Dimension, ...Dimension[]]).optional().catch(undefined),
  measure: z.enum(MEASURES).optional().catch(undefined),
  range: z.string().optional().catch(undefined),
  from: z.string().optional().catch(undefined),
  to: z.string().optional().catch(undefined),
});
export type UsageSearch = z.infer<typeof usageSearch>;
