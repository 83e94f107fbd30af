import { Button, Center } from "@mantine/core";
import { texts } from "@/shared/texts";

/** Reads the next page of a list. Goes with `pagesQuery`. */
export function MorePages({ query }: { query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> } }) {
  if (!query.hasNextPage) return null;
  return (
    <Center mt="sm">
      <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {texts.more}
      </Button>
    </Center>
  );
}
