import { infiniteQueryOptions } from "@tanstack/react-query";

interface Page<Item> {
  items: Item[];
  next: string | null;
}

/** A list that is read page by page, as `TrunklineClient.page` gives them; `data` is all items that were read so far. */
export function pagesQuery<Item>(queryKey: readonly unknown[], read: (cursor: string | null) => Promise<Page<Item>>) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    select: ({ pages }) => pages.flatMap((page) => page.items),
  });
}

/** All items of such a list, read page by page. */
export async function readAll<Item>(read: (cursor: string | null) => Promise<Page<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await read(cursor);
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

/** What a question says of the page at `cursor`. */
export function at(cursor: string | null): { cursor?: string } {
  return cursor === null ? {} : { cursor };
}
