import { z } from "zod";

/** Which feature's settings are open; `model`: a new feature is made with it. */
export const featureSearch = z.object({
  open: z.string().optional().catch(undefined),
  tab: z.string().optional().catch(undefined),
  model: z.string().optional().catch(undefined),
});
export type FeatureSearch = z.infer<typeof featureSearch>;
