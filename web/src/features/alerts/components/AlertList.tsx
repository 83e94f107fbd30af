import { Box, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ago } from "@/shared/format/time";
import { useUrlChoice } from "@/shared/search";
import { Badge, type Tone } from "@/shared/ui/Badge";
import { Choices } from "@/shared/ui/Choices";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { Problem } from "@/shared/ui/Problem";
import { useMay, useWorkspace } from "@/shared/workspace";
import { type Alert, alertsQuery, useAlertChanges, useLiveAlerts } from "../api";
import { texts } from "../texts";
import classes from "./alerts.module.css";

const WHICH = ["open", "all"] as const;
const TONES: Record<Alert["severity"], Tone> = { info: "quiet", warning: "fair", critical: "bad" };

/** What is wrong now, or ever was, as it happens. */
export function AlertList() {
  const { client, id } = useWorkspace();
  const may = useMay("alerts.acknowledge");
  const [which, setWhich] = useUrlChoice("which", WHICH, "open");
  useLiveAlerts();
  const alerts = useQuery(alertsQuery(client, id, which === "open" ? { state: "open" } : {}));
  const { acknowledge } = useAlertChanges();
  const none = which === "open" ? texts.none : texts.noneEver;
  return (
    <Stack gap="md">
      <Choices label={texts.which} choices={WHICH.map((each) => [each, texts[each]] as const)} value={which} onChange={setWhich} />
      {acknowledge.error ? <Problem error={acknowledge.error} /> : null}
      <Loaded query={alerts} skeleton={<ListSkeleton rows={4} label={texts.loading} />}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState title={none.title}>{none.about}</EmptyState>
          ) : (
            <Paper withBorder className={classes.frame} aria-live="polite">
              {found.map((alert) => (
                <Box key={alert.id} className={classes.row}>
                  <Badge tone={alert.state === "resolved" ? "good" : TONES[alert.severity]}>{alert.state === "firing" ? texts.severities[alert.severity] : texts.states[alert.state]}</Badge>
                  <Box className={classes.main}>
                    <Text fw={550}>{alert.summary}</Text>
                    <Text size="sm" c="dimmed">
                      {[alert.ruleName, texts.fired(ago(alert.firedAt)), alert.resolvedAt === null ? "" : texts.resolved(ago(alert.resolvedAt)), alert.held ? texts.held : ""].filter(Boolean).join(" · ")}
                    </Text>
                  </Box>
                  {alert.state === "firing" && may ? (
                    <Group>
                      <Button size="xs" variant="default" loading={acknowledge.isPending && acknowledge.variables === alert.id} aria-label={texts.acknowledgeOf(alert.summary)} onClick={() => acknowledge.mutate(alert.id)}>
                        {texts.acknowledge}
                      </Button>
                    </Group>
                  ) : null}
                </Box>
              ))}
            </Paper>
          )
        }
      </Loaded>
    </Stack>
  );
}
