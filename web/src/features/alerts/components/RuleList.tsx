import { Box, Button, Group, Paper, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { DeclaredBadge } from "@/shared/declared/DeclaredBadge";
import { Badge } from "@/shared/ui/Badge";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { Problem } from "@/shared/ui/Problem";
import { useMay, useWorkspace } from "@/shared/workspace";
import { type AlertRule, rulesQuery, useAlertChanges } from "../api";
import { isMade } from "../form";
import { limitOf, wordOf } from "../kinds";
import { texts } from "../texts";
import classes from "./alerts.module.css";
import { RuleForm } from "./RuleForm";

/** When people are told: rules to make, change, switch and delete. */
export function RuleList() {
  const { client, id } = useWorkspace();
  const may = useMay("alerts.change");
  const rules = useQuery(rulesQuery(client, id));
  const { switchRule, removeRule } = useAlertChanges();
  const [edited, setEdited] = useState<AlertRule | "new" | null>(null);
  const [removed, setRemoved] = useState<AlertRule | null>(null);
  return (
    <Stack gap="md">
      {may ? (
        <Group>
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setEdited("new")}>
            {texts.rules.make}
          </Button>
        </Group>
      ) : null}
      {switchRule.error ? <Problem error={switchRule.error} /> : null}
      <Loaded query={rules} skeleton={<ListSkeleton rows={4} label={texts.loading} />}>
        {(found) => (
          <Paper withBorder className={classes.frame}>
            {found.map((rule) => (
              <Box key={rule.id} className={classes.row}>
                <Switch
                  checked={rule.enabled}
                  disabled={!may || !isMade(rule)}
                  aria-label={texts.rules.enabled(rule.name)}
                  onChange={(event) => switchRule.mutate({ ruleId: rule.id, enabled: event.currentTarget.checked })}
                />
                <Box className={classes.main}>
                  <Text fw={550}>{rule.name}</Text>
                  <Text size="sm" c="dimmed">
                    {aboutOf(rule)}
                  </Text>
                  <DeclaredBadge section="alertRules" thing={rule} />
                </Box>
                <Badge tone={rule.severity === "critical" ? "bad" : rule.severity === "warning" ? "fair" : "quiet"}>{texts.severities[rule.severity]}</Badge>
                {may && isMade(rule) ? (
                  <Group gap="xs">
                    <Button size="xs" variant="default" aria-label={texts.rules.editOf(rule.name)} onClick={() => setEdited(rule)}>
                      {texts.rules.edit}
                    </Button>
                    {rule.preset === null ? (
                      <Button size="xs" variant="default" aria-label={texts.rules.removeOf(rule.name)} onClick={() => setRemoved(rule)}>
                        {texts.rules.remove}
                      </Button>
                    ) : null}
                  </Group>
                ) : null}
              </Box>
            ))}
          </Paper>
        )}
      </Loaded>
      {edited === null ? null : <RuleForm rule={edited === "new" || !isMade(edited) ? null : edited} onClose={() => setEdited(null)} />}
      <ConfirmDestroy
        opened={removed !== null}
        title={texts.rules.removeTitle(removed?.name ?? "")}
        about={texts.rules.removeAbout}
        action={texts.rules.remove}
        onConfirm={() => removeRule.mutateAsync(removed?.id ?? "")}
        onClose={() => setRemoved(null)}
      />
    </Stack>
  );
}

function aboutOf(rule: AlertRule): string {
  const parts = [
    wordOf(rule.kind),
    limitOf(rule),
    rule.subject === null ? texts.rules.watches : "",
    texts.rules.tells(rule.channelIds.length),
    rule.quietHours === null ? "" : texts.rules.quiet(rule.quietHours.start, rule.quietHours.end),
    rule.preset === null ? "" : texts.rules.preset,
  ];
  return [...new Set(parts)].filter((part) => part !== "" && part !== rule.name).join(" · ");
}
