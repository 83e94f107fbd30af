import { z } from "zod";

const MOST = 3;
const names = z.union([z.string().transform((name) => [name]), z.array(z.string())]).transform((given) => given.slice(0, MOST));

/** What the address says of a comparison: the models, and the conversation with each once there is one. */
export const compareSearch = z.object({ with: names.catch([]), talks: names.optional().catch(undefined) });
export type CompareSearch = z.infer<typeof compareSearch>;

/** What the address says of the chat: what is searched for, and for a new conversation the model and the first words. */
export const chatSearch = z.object({
  q: z.string().optional().catch(undefined),
  model: z.string().optional().catch(undefined),
  prompt: z.string().optional().catch(undefined),
});
export type ChatSearch = z.infer<typeof chatSearch>;
