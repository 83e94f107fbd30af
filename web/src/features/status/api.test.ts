import { QueryClient } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import { expect, test, vi } from "vitest";
import { healthQuery } from "@/features/home/api";
import { statusQuery } from "./api";

test.each([
  ["the word that every page has", statusQuery, { limit: 1, cells: false }],
  ["the strip of the first page", healthQuery, { limit: 1 }],
])("%s is of the providers, and asks for no histories that it does not show", async (_, query, asked) => {
  const read = vi.fn<(asked: object) => Promise<object>>(async () => ({ providers: [] }));
  await new QueryClient().fetchQuery(query({ status: { read } } as unknown as TrunklineClient, "w-1"));
  expect(read).toHaveBeenCalledWith(asked);
});
