import { Box, Group, Paper, Slider, Text } from "@mantine/core";
import { CallsLink } from "@/shared/calls/CallsLink";
import { count } from "@/shared/format/quantity";
import { NumberField } from "@/shared/ui/NumberField";
import type { Experiment, Version } from "../api";
import { figureOf } from "../metrics";
import { texts } from "../texts";
import classes from "./experiments.module.css";

const SHOWN = ["satisfaction", "avgLatencyMs", "avgCostUSD", "errorRate"] as const;

/** A version: what it is, its share by slider and by number, and its figures. */
export function VersionCard({
  shown,
  version,
  configId,
  share,
  onShare,
}: {
  shown: Experiment["versions"][number] | undefined;
  version: Version;
  configId: string;
  /** In hundredths of a percent. */
  share: number;
  /** Not there: it cannot be changed. */
  onShare: ((share: number) => void) | undefined;
}) {
  const { temperature } = version.settings as { temperature?: unknown };
  const about = [version.modelId, typeof temperature === "number" ? `temperature ${temperature}` : ""].filter(Boolean).join(", ");
  const name = version.label === "" ? version.version : `${version.version} “${version.label}”`;
  return (
    <Paper withBorder p="md" className={classes.card}>
      <Group gap="xs" mb="sm">
        <Box className={classes.dot} data-tone={shown?.isControl ? undefined : "accent"} />
        <Text fw={600}>
          {name}
          {shown?.isControl ? ` · ${texts.control}` : ""}
        </Text>
        <Text size="sm" c="dimmed" className="mono">
          {about}
        </Text>
      </Group>
      <Group gap="sm" mb="sm" wrap="nowrap">
        <Slider
          flex={1}
          value={share / 100}
          min={0}
          max={100}
          label={null}
          disabled={onShare === undefined}
          thumbLabel={texts.share(version.version)}
          color={shown?.isControl ? "gray" : "accent"}
          onChange={(value) => onShare?.(value * 100)}
        />
        <NumberField
          w={84}
          size="xs"
          value={share / 100}
          min={0}
          max={100}
          decimalScale={2}
          suffix=" %"
          hideControls
          disabled={onShare === undefined}
          aria-label={texts.shareNumber(version.version)}
          onChange={(value) => {
            if (value !== null) onShare?.(value * 100);
          }}
        />
      </Group>
      <div>
        {SHOWN.map((metric) => (
          <div key={metric} className={classes.fact}>
            <Text c="dimmed">{texts.metrics[metric]}</Text>
            <Text>{shown === undefined ? "–" : figureOf(shown, metric)}</Text>
          </div>
        ))}
        <div className={classes.fact}>
          <Text c="dimmed">
            {texts.metrics.units} · {texts.metrics.requests}
          </Text>
          <CallsLink search={{ versionId: version.id, configurationId: configId }} span={{}}>
            {count(shown?.units ?? 0)} · {count(shown?.requests ?? 0)}
          </CallsLink>
        </div>
      </div>
    </Paper>
  );
}
