import { Paper, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { CreateAlertRuleRequest } from "@trunkline/client";
import { describe } from "@/shared/api/problem";
import { moment } from "@/shared/format/time";
import { useWorkspace } from "@/shared/workspace";
import { previewQuery } from "../api";
import { texts } from "../texts";
import classes from "./alerts.module.css";

const SETTLED_MS = 400;
const SHOWN = 3;

/** When the rule would have fired, while it is still being typed. */
export function RulePreview({ body }: { body: CreateAlertRuleRequest }) {
  const { client, id } = useWorkspace();
  // Who is told, and when, changes nothing of that.
  const { channelIds: _, quietHours: __, repeatMinutes: ___, name: ____, ...rule } = body;
  const [settled] = useDebouncedValue(JSON.stringify(rule), SETTLED_MS);
  const preview = useQuery({ ...previewQuery(client, id, JSON.parse(settled) as CreateAlertRuleRequest), placeholderData: keepPreviousData });
  const { preview: words } = texts;
  return (
    <Paper withBorder p="sm" className={classes.preview} component="section" aria-label={words.title} aria-live="polite">
      {preview.error ? (
        <Text c="var(--tl-bad)">{describe(preview.error).what}</Text>
      ) : preview.data === undefined ? (
        <Text c="dimmed">{words.looking}</Text>
      ) : (
        <>
          <Text fw={550}>{words.would(preview.data.count)}</Text>
          {preview.data.firings.slice(0, SHOWN).map((firing) => (
            <Text key={`${firing.subjectId} ${firing.from}`} size="sm" c="dimmed">
              {words.firing(firing.subjectName, moment(firing.from))}
            </Text>
          ))}
          {preview.data.count > SHOWN ? (
            <Text size="sm" c="dimmed">
              {words.more(preview.data.count - SHOWN)}
            </Text>
          ) : null}
          {preview.data.note === null ? null : (
            <Text size="sm" c="dimmed">
              {preview.data.note}
            </Text>
          )}
        </>
      )}
    </Paper>
  );
}
