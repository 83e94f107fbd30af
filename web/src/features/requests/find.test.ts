import { expect, test, vi } from "vitest";
import type { TrunklineClient } from "@trunkline/client";
import { findRequest } from "./find";

const CALL = { id: "e1", model: "gpt-4o", outcome: "ok" };

function fake(found: object[]) {
  const list = vi.fn<(query: object) => Promise<object[]>>(async () => found);
  return { list, client: { requests: { list } } as unknown as TrunklineClient };
}

test("a request is found by its id, in the list: a word that is none is no failure", async () => {
  const { client, list } = fake([CALL]);
  expect(await findRequest(client, " 01a22c6b-2d73 ")).toMatchObject([{ label: "01a22c6b-2d73", about: expect.stringContaining("gpt-4o"), run: "/requests?call=e1" }]);
  expect(list).toHaveBeenCalledWith({ requestId: "01a22c6b-2d73", limit: 1 });
  expect(await findRequest(fake([]).client, "configurations")).toEqual([]);
});

test("what cannot be an id is not asked for", async () => {
  const { client, list } = fake([CALL]);
  expect(await findRequest(client, "two words")).toEqual([]);
  expect(await findRequest(client, "short")).toEqual([]);
  expect(list).not.toHaveBeenCalled();
});
