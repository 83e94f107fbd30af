import { Anchor, Box, Checkbox, Group, Table, Text } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { memo, type MouseEvent } from "react";
import { type CallSpan } from "@/shared/calls/CallsLink";
import { DeclaredBadge } from "@/shared/declared/DeclaredBadge";
import { ago, duration } from "@/shared/format/time";
import { wordFor } from "@/shared/health";
import { Badge } from "@/shared/ui/Badge";
import { Fact } from "@/shared/ui/Fact";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import type { TestResult } from "../api";
import type { Row } from "../rows";
import { texts } from "../texts";
import classes from "./ConfigurationList.module.css";
import { ConfigurationMenu } from "./ConfigurationMenu";
import { RowFigures } from "./RowFigures";
import { VersionSplit } from "./VersionSplit";

const { columns } = texts.list;

/** For what is pressed by itself in a row that opens something. */
const apart = { onClick: (event: MouseEvent) => event.stopPropagation() };

/** A configuration in the table. A click anywhere opens it; figures open the requests that they sum. */
export const ConfigurationRow = memo(function ConfigurationRow({
  row,
  span,
  index,
  measure,
  test,
  selectable,
  chosen,
  onToggle,
}: {
  row: Row;
  span: CallSpan;
  index: number;
  measure: (element: Element | null) => void;
  test: TestResult | undefined;
  selectable: boolean;
  chosen: boolean;
  onToggle: (id: string) => void;
}) {
  const navigate = useNavigate();
  const { configuration } = row;
  const { word, tone } = wordFor(row.state);
  const checked = test?.testedAt ?? row.checkedAt;
  const seen = [row.p50Ms === null ? "" : `p50 ${duration(row.p50Ms)}`, checked ? ago(checked) : texts.list.never];
  return (
    <Table.Tr
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      className={classes.row}
      onClick={() => void navigate({ to: "/configurations/$configurationId", params: { configurationId: configuration.id }, search: {} })}
    >
      {selectable ? (
        <Table.Td visibleFrom="sm" {...apart}>
          <Checkbox size="xs" aria-label={texts.list.select(configuration.name)} checked={chosen} onChange={() => onToggle(configuration.id)} />
        </Table.Td>
      ) : null}
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <ProviderMark provider={configuration.provider} />
          <Box miw={88}>
            <Anchor component={Link} {...({ to: "/configurations/$configurationId", params: { configurationId: configuration.id } } as object)} c="inherit" fw={550} {...apart}>
              {configuration.name}
            </Anchor>{" "}
            <DeclaredBadge section="configurations" thing={configuration} compact />
            <Text className="mono" c="dimmed">
              {configuration.model ?? texts.list.anyModel}
            </Text>
          </Box>
        </Group>
      </Table.Td>
      <Fact label={columns.health}>
        <Badge tone={tone}>{row.modelMissing ? texts.list.modelMissing : word}</Badge>
        <Text size="sm" c="dimmed">
          {seen.filter(Boolean).join(" · ")}
        </Text>
      </Fact>
      <Fact label={columns.key} from="lg" className={classes.key}>
        <Text className="mono">{configuration.apiKey ?? (configuration.borrows ? texts.list.borrowed : texts.list.noKey)}</Text>
        <Text size="sm" c="dimmed">
          {configuration.shared ? texts.list.shared : texts.list.private}
        </Text>
      </Fact>
      <Fact label={columns.versions} from="lg" {...(row.split.length > 0 ? apart : {})}>
        <VersionSplit configurationId={configuration.id} split={row.split} />
      </Fact>
      <RowFigures row={row} span={span} bad={tone === "bad"} apart={apart} />
      <Table.Td {...apart}>
        <ConfigurationMenu configuration={configuration} />
      </Table.Td>
    </Table.Tr>
  );
});
