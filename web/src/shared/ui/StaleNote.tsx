import { Text } from "@mantine/core";
import { ago } from "@/shared/format/time";
import { texts } from "@/shared/texts";

/** Says above old figures how old they are. `since`: milliseconds, as `dataUpdatedAt` of a query. */
export function StaleNote({ since }: { since: number }) {
  return (
    <Text component="output" display="block" size="sm" c="var(--tl-fair)" mb="xs">
      {texts.stale(ago(new Date(since).toISOString()))}
    </Text>
  );
}
