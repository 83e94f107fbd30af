import { z } from "zod";
import { KINDS } from "./kinds";

/** What the address says of the playground: what is asked for, of which model, and a request to be made again. */
export const playgroundSearch = z.object({
  kind: z.enum(KINDS).optional().catch(undefined),
  model: z.string().optional().catch(undefined),
  replay: z.string().optional().catch(undefined),
});
export type PlaygroundSearch = z.infer<typeof playgroundSearch>;
