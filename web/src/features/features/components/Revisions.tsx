import { Button, Code, Group, Paper, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { ago } from "@/shared/format/time";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { type FeatureSettings, revertFeature, type Revision, revisionsQuery } from "../api";
import { useChanged } from "../hooks";
import { texts } from "../texts";
import classes from "./Revisions.module.css";

/** What was saved, by whom and why, and the way back to it. */
export function Revisions({ feature, onReverted }: { feature: FeatureSettings; onReverted: (feature: FeatureSettings) => void }) {
  const { client, id } = useWorkspace();
  const revisions = useQuery(revisionsQuery(client, id, feature.slug));
  const changed = useChanged();
  const reverting = useMutation({
    mutationFn: (number: number) => revertFeature(client, feature.slug, number, feature.revision),
    onSuccess: async (next) => {
      await changed(next);
      onReverted(next);
    },
  });
  return (
    <Loaded query={revisions} skeleton={<ListSkeleton rows={3} label={texts.history} />}>
      {(list) =>
        list.length === 0 ? (
          <Text c="dimmed">{texts.noRevisions}</Text>
        ) : (
          <Stack gap="sm">
            {reverting.error ? <Problem error={reverting.error} /> : null}
            {list.map((revision) => (
              <Paper key={revision.number} withBorder p="sm">
                <Group justify="space-between" wrap="nowrap" align="flex-start">
                  <div>
                    <Text fw={550}>{texts.revision(revision.number)}</Text>
                    <Text size="sm" c="dimmed">
                      {[revision.author, ago(revision.time), revision.reason].filter(Boolean).join(" · ")}
                    </Text>
                  </div>
                  {revision.number === feature.revision ? (
                    <Text size="sm" c="dimmed">
                      {texts.current}
                    </Text>
                  ) : (
                    <Button variant="default" size="xs" loading={reverting.isPending && reverting.variables === revision.number} onClick={() => reverting.mutate(revision.number)}>
                      {texts.revert}
                    </Button>
                  )}
                </Group>
                <Difference revision={revision} />
              </Paper>
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

function Difference({ revision }: { revision: Revision }) {
  return (
    <ul className={classes.list}>
      {revision.diff.map(({ path, before, after }) => (
        <li key={path}>
          <Code>{path}</Code> <del>{shown(before)}</del> <ins>{shown(after)}</ins>
        </li>
      ))}
    </ul>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === "") return texts.nothing;
  return typeof value === "string" ? value : JSON.stringify(value);
}
