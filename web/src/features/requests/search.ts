import { z } from "zod";
import { callSearch } from "@/shared/calls/search";

const text = z.string().optional().catch(undefined);

/** What the address says of the page: filters, a period or exact moments, the call that is open, and whether it is still. */
export const requestsSearch = callSearch.extend({ range: text, from: text, to: text, since: text, until: text, call: text, still: z.boolean().optional().catch(undefined) });
export type RequestsSearch = z.infer<typeof requestsSearch>;
