import { Box, Paper, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { moment } from "@/shared/format/time";
import { Badge, type Tone } from "@/shared/ui/Badge";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { useWorkspace } from "@/shared/workspace";
import { type AlertDelivery, deliveriesQuery } from "../api";
import { texts } from "../texts";
import classes from "./alerts.module.css";

const TONES: Record<AlertDelivery["state"], Tone> = { waiting: "quiet", sent: "good", failed: "bad" };

/** What channels were told, or are to be. */
export function DeliveryList() {
  const { client, id } = useWorkspace();
  const deliveries = useQuery(deliveriesQuery(client, id));
  const { history } = texts;
  return (
    <Loaded query={deliveries} skeleton={<ListSkeleton rows={4} label={texts.loading} />}>
      {(found) =>
        found.length === 0 ? (
          <Text c="dimmed">{history.empty}</Text>
        ) : (
          <Paper withBorder className={classes.frame}>
            {found.map((each) => (
              <Box key={each.id} className={classes.row}>
                <Badge tone={TONES[each.state]}>{history.states[each.state]}</Badge>
                <Box className={classes.main}>
                  <Text>
                    {history.notices[each.notice]} → {each.channelName}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {[moment(each.sentAt ?? each.createdAt), history.attempts(each.attempts), each.status, each.reason].filter(Boolean).join(" · ")}
                  </Text>
                </Box>
              </Box>
            ))}
          </Paper>
        )
      }
    </Loaded>
  );
}
