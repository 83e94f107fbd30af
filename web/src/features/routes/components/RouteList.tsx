import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Badge } from "@/shared/ui/Badge";
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
      head={
        <>
          <Table.Th>{texts.columns.name}</Table.Th>
          <Table.Th>{texts.columns.targets}</Table.Th>
          <Table.Th visibleFrom="sm">{texts.columns.strategy}</Table.Th>
          <Table.Th>{texts.columns.state}</Table.Th>
        </>
      }
    >
      {routes.map((route) => {
        const wrong = route.targets.filter((target) => target.problem !== null).length;
        return (
          <Table.Tr key={route.id} h={60}>
            <Table.Td>
              <Anchor component={Link} fw={550} c="inherit" {...({ to: "/routes/$routeId", params: { routeId: route.id } } as object)}>
                {route.name}
              </Anchor>
            </Table.Td>
            <Table.Td>
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
            </Table.Td>
            <Table.Td visibleFrom="sm">{texts.short[route.strategy]}</Table.Td>
            <Table.Td>
              <Badge tone={!route.isActive ? "quiet" : wrong > 0 ? "fair" : "good"}>{!route.isActive ? texts.off : wrong > 0 ? texts.problem(wrong) : texts.on}</Badge>
            </Table.Td>
          </Table.Tr>
        );
      })}
    </TableFrame>
  );
}
