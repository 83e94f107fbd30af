import { Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ago } from "@/shared/format/time";
import { Badge } from "@/shared/ui/Badge";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { useWorkspace } from "@/shared/workspace";
import { openAlertsQuery } from "../api";
import { texts } from "../texts";
import classes from "./OpenAlerts.module.css";

/** The alerts that are open, the newest first. */
export function OpenAlerts() {
  const { client, id } = useWorkspace();
  const query = useQuery(openAlertsQuery(client, id));
  return (
    <Loaded query={query} skeleton={<ListSkeleton rows={1} label={texts.alerts.title} />}>
      {(alerts) =>
        alerts.length === 0 ? (
          <Text c="dimmed">{texts.alerts.none}</Text>
        ) : (
          <Paper withBorder p="sm">
            <Stack gap="sm">
              {alerts.map((alert) => (
                <Group key={alert.id} justify="space-between" wrap="nowrap" align="flex-start">
                  <Group gap="sm" wrap="nowrap" align="flex-start">
                    <Badge tone={alert.severity === "critical" ? "bad" : "fair"}>{alert.severity}</Badge>
                    <Link to="/alerts" className={classes.link}>
                      {alert.summary}
                    </Link>
                  </Group>
                  <Text size="sm" c="dimmed">
                    {ago(alert.firedAt)}
                  </Text>
                </Group>
              ))}
            </Stack>
          </Paper>
        )
      }
    </Loaded>
  );
}
