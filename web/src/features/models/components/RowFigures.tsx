import { Text } from "@mantine/core";
import { CallsLink, type CallSpan } from "@/shared/calls/CallsLink";
import { usd } from "@/shared/format/money";
import { count, percent } from "@/shared/format/quantity";
import { Fact } from "@/shared/ui/Fact";
import { Sparkline } from "@/shared/ui/Sparkline";
import type { Row } from "../rows";
import { texts } from "../texts";
import classes from "./ConfigurationList.module.css";

const { columns } = texts.list;
const MUCH = 0.05;

/** Calls, cost and errors of a configuration; each opens the requests that it sums. */
export function RowFigures({ row, span, bad, apart }: { row: Row; span: CallSpan; bad: boolean; apart: object }) {
  const { id, name } = row.configuration;
  const total = row.count;
  const calls = { configurationId: id };
  return (
    <>
      <Fact label={columns.calls} from="md" {...(total > 0 ? apart : {})}>
        {total === 0 ? (
          <Text c="dimmed">{texts.list.noCalls}</Text>
        ) : (
          <CallsLink search={calls} span={span} label={`${name}: ${texts.list.calls(count(total))}`}>
            {row.calls.length === 0 ? texts.list.calls(count(total)) : <Sparkline values={row.calls} bad={bad} label={texts.list.calls(count(total))} />}
          </CallsLink>
        )}
      </Fact>
      <Fact label={columns.cost} className={classes.figure} {...(total > 0 ? apart : {})}>
        {total === 0 ? (
          usd(row.cost)
        ) : (
          <CallsLink search={calls} span={span} label={`${name}: ${usd(row.cost)}`}>
            {usd(row.cost)}
          </CallsLink>
        )}
        {row.unpriced > 0 ? (
          <Text size="sm" c="dimmed">
            <CallsLink search={{ ...calls, unpriced: true }} span={span}>
              {texts.list.unpriced(count(row.unpriced))}
            </CallsLink>
          </Text>
        ) : null}
      </Fact>
      <Fact label={columns.errors} from="sm" className={classes.figure} {...(total > 0 ? apart : {})}>
        <Text span c={row.errorRate !== null && row.errorRate > MUCH ? "var(--tl-bad)" : "dimmed"}>
          {total === 0 ? (
            percent(row.errorRate)
          ) : (
            <CallsLink search={{ ...calls, outcome: "error" }} span={span} label={`${name}: ${texts.list.errors(percent(row.errorRate))}`}>
              {percent(row.errorRate)}
            </CallsLink>
          )}
        </Text>
      </Fact>
    </>
  );
}
