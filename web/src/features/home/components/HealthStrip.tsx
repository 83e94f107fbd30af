import { Group, Paper, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { duration } from "@/shared/format/time";
import { wordFor } from "@/shared/health";
import { Badge } from "@/shared/ui/Badge";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { useWorkspace } from "@/shared/workspace";
import { healthQuery } from "../api";
import { texts } from "../texts";
import classes from "./HealthStrip.module.css";

/** A card for each provider: a word, and how fast it answers. */
export function HealthStrip() {
  const { client, id } = useWorkspace();
  const query = useQuery(healthQuery(client, id));
  return (
    <Loaded query={query} skeleton={<ListSkeleton rows={1} label={texts.health.title} />}>
      {({ providers }) =>
        providers.length === 0 ? (
          <Text c="dimmed">{texts.health.none}</Text>
        ) : (
          <div className={classes.strip}>
            {providers.map((provider) => {
              const { word, tone } = wordFor(provider.state);
              return (
                <Paper key={provider.provider} withBorder p="sm" component={Link} to="/status" className={classes.card}>
                  <Group gap="sm" wrap="nowrap">
                    <ProviderMark provider={provider.provider} />
                    <div>
                      <Text fw={550}>{provider.displayName}</Text>
                      <Group gap="xs">
                        <Badge tone={tone}>{word}</Badge>
                        {provider.p50Ms === null ? null : (
                          <Text size="sm" c="dimmed">
                            p50 {duration(provider.p50Ms)}
                          </Text>
                        )}
                      </Group>
                    </div>
                  </Group>
                </Paper>
              );
            })}
          </div>
        )
      }
    </Loaded>
  );
}
