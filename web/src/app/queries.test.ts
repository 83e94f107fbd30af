import { expect, test } from "vitest";
import type { TrunklineClient } from "@trunkline/client";
import { conversationQuery } from "@/features/chat/api";
import { queries } from "./queries";

test("a conversation that is not shown any more is let go after a minute, also one that was made here", () => {
  const query = conversationQuery({} as TrunklineClient, "w-1", "c-1");
  queries.setQueryData(query.queryKey, { messages: [] } as never);
  queries.getQueryCache().build(queries, queries.defaultQueryOptions(query));
  expect(queries.getQueryCache().find({ queryKey: query.queryKey })).toMatchObject({ gcTime: 60_000 });
  queries.clear();
});
