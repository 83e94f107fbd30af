import { Button, Card, Group, Text } from "@mantine/core";
import { DeclaredBadge } from "@/shared/declared/DeclaredBadge";
import { usd } from "@/shared/format/money";
import { count } from "@/shared/format/quantity";
import { Badge } from "@/shared/ui/Badge";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { type Feature, type FeatureSettings, hasSettings } from "../api";
import { texts } from "../texts";

/** A feature: what it is called, which model answers, whether it can, and what it was used for. `onOpen`: for who may change it. */
export function FeatureCard({
  feature,
  week,
  onOpen,
}: {
  feature: Feature | FeatureSettings;
  week: { requestCount: number; costUSD: number } | undefined;
  onOpen: (() => void) | null;
}) {
  const provider = hasSettings(feature) && feature.target !== null ? "route" : "openrouter";
  return (
    <Card component="article" aria-label={feature.name} p="md">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <ProviderMark provider={provider} />
          <div>
            <Text fw={600}>{feature.name}</Text>
            <Text className="mono" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {feature.servingModel ?? texts.anyModel}
            </Text>
          </div>
        </Group>
        <Group gap="xs" wrap="nowrap">
          {hasSettings(feature) ? <DeclaredBadge section="features" thing={{ ...feature, id: feature.slug }} compact /> : null}
          <Standing feature={feature} />
        </Group>
      </Group>
      <Group justify="space-between" mt="md" wrap="nowrap">
        <Text size="sm" c="dimmed" className="figure" ta="left">
          {week === undefined || week.requestCount === 0 ? texts.noCalls : texts.calls(count(week.requestCount), usd(week.costUSD))}
        </Text>
        {onOpen === null ? null : (
          <Button variant="default" onClick={onOpen} aria-label={`${texts.settings}: ${feature.name}`}>
            {texts.settings}
          </Button>
        )}
      </Group>
    </Card>
  );
}

function Standing({ feature }: { feature: Feature }) {
  if (!feature.ready) return <Badge tone="bad">{texts.notReady}</Badge>;
  return feature.available === false ? <Badge tone="fair">{texts.gone}</Badge> : <Badge tone="good">{texts.ready}</Badge>;
}
