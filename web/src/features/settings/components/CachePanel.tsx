import { Button, Card, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { notifyDone } from "@/shared/ui/notify";
import { useMay } from "@/shared/workspace";
import { useCache, useDeletions } from "../hooks";
import { texts } from "../texts";

const words = texts.cache;
const MIB = 1_048_576;

/** How the response cache stands, and emptying it. */
export function CachePanel() {
  const cache = useCache();
  const mayClear = useMay("cache.change");
  const { clear } = useDeletions();
  const [asking, setAsking] = useState(false);
  return (
    <Loaded query={cache} skeleton={<ListSkeleton rows={2} label={texts.loading} />}>
      {({ storage, entries, bytes, hits, misses, savedUSD }) => (
        <Card>
          <Stack>
            <Text c="dimmed">{words.about}</Text>
            <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }}>
              {[
                [words.storage, words.storages[storage]],
                [words.entries, count(entries)],
                [words.bytes, `${(bytes / MIB).toFixed(1)} MiB`],
                [words.hits, count(hits)],
                [words.misses, count(misses)],
                [words.saved, usd(savedUSD)],
              ].map(([name, value]) => (
                <div key={name}>
                  <Text size="sm" c="dimmed">
                    {name}
                  </Text>
                  <Text fw={550}>{value}</Text>
                </div>
              ))}
            </SimpleGrid>
            {mayClear ? (
              <Group>
                <Button variant="outline" color="bad" onClick={() => setAsking(true)}>
                  {words.clear}
                </Button>
              </Group>
            ) : null}
          </Stack>
          {asking ? (
            <ConfirmDestroy
              opened
              title={words.clearing}
              about={words.clearingAbout}
              action={words.clear}
              onClose={() => setAsking(false)}
              onConfirm={async () => {
                await clear();
                notifyDone(words.cleared);
              }}
            />
          ) : null}
        </Card>
      )}
    </Loaded>
  );
}
