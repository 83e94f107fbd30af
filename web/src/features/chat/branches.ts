/** What a message needs for its place in the tree. */
export interface Placed {
  id: string;
  parentId: string | null;
}

/** The messages from the first to `leafId`. */
export function branchOf<M extends Placed>(messages: readonly M[], leafId: string | null): M[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: M[] = [];
  for (let at = leafId === null ? undefined : byId.get(leafId); at !== undefined; ) {
    branch.unshift(at);
    at = at.parentId === null ? undefined : byId.get(at.parentId);
  }
  return branch;
}

/** Which of how many alternatives a message is, from 1, and its neighbours. */
export interface Place {
  number: number;
  count: number;
  before: string | null;
  after: string | null;
}

export function placeOf(messages: readonly Placed[], message: Placed): Place {
  const beside = messages.filter((each) => each.parentId === message.parentId);
  const at = beside.findIndex((each) => each.id === message.id);
  return { number: at + 1, count: beside.length, before: beside[at - 1]?.id ?? null, after: beside[at + 1]?.id ?? null };
}

/** The end of the newest branch through a message, as the server finds it. */
export function endOf(messages: readonly Placed[], id: string): string {
  const newest = new Map(messages.map((message) => [message.parentId, message.id]));
  let end = id;
  for (let next = newest.get(end); next !== undefined; next = newest.get(end)) end = next;
  return end;
}
