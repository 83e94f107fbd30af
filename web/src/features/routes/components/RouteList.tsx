import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { DeclaredBadge } from "@/shared/declared/DeclaredBadge";
import { Badge } from "@/shared/ui/Badge";
import { ColumnHeads } from "@/shared/ui/ColumnHeads";
import { Fact } from "@/shared/ui/Fact";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { TableFrame } from "@/shared/ui/TableFrame";
import type { Route } from "../api";
import { texts } from "../texts";
import classes from "./RouteList.module.css";

/** All routes: what each leads to, how, and whether something is wrong with it. */
export function RouteList({ routes }: { routes: Route[] }) {
  return (
    <TableFrame
      label={texts.title}
      cards
      head={<ColumnHeads columns={[[texts.columns.name], [texts.columns.targets], [texts.columns.strategy, "sm"], [texts.columns.state]]} />}
    >
      {routes.map((route) => {
        const wrong = route.targets.filter((target) => target.problem !== null).length;
        return (
          <Table.Tr key={route.id}>
            <Table.Td>
              <Anchor component={Link} fw={550} c="inherit" {...({ to: "/routes/$routeId", params: { routeId: route.id } } as object)}>
                {route.name}
              </Anchor>{" "}
              <DeclaredBadge section="routes" thing={route} compact />
            </Table.Td>
            <Fact label={texts.columns.targets}>
              <div className={classes.targets}>
                {route.targets.map((target) => (
                  <span key={JSON.stringify([target.configurationId, target.model, target.priority, target.fallbackFor])} className={classes.target}>
                    <ProviderMark provider={target.provider} size={18} />
                    <Text span size="sm">
                      {target.configurationName}
                    </Text>
                  </span>
                ))}
              </div>
            </Fact>
            <Fact label={texts.columns.strategy} from="sm">{texts.short[route.strategy]}</Fact>
            <Fact label={texts.columns.state}>
              <Badge tone={!route.isActive ? "quiet" : wrong > 0 ? "fair" : "good"}>{!route.isActive ? texts.off : wrong > 0 ? texts.problem(wrong) : texts.on}</Badge>
            </Fact>
          </Table.Tr>
        );
      })}
    </TableFrame>
  );
}
