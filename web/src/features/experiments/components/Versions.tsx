import { Button, Group, SimpleGrid, Text } from "@mantine/core";
import { useState } from "react";
import { LeaveGuard } from "@/shared/ui/LeaveGuard";
import { Problem } from "@/shared/ui/Problem";
import { type Experiment, useExperimentChanges, type Version } from "../api";
import { isSame, rebalance, type Shares } from "../shares";
import { texts } from "../texts";
import { VersionCard } from "./VersionCard";

/** The versions side by side. Shares that were moved are kept until they are saved; they sum to 100 all the way. */
export function Versions({ experiment, versions, may }: { experiment: Experiment; versions: Version[]; may: boolean }) {
  const { share } = useExperimentChanges(experiment.configId);
  const active = versions.filter((version) => version.isActive);
  const saved: Shares = Object.fromEntries(active.map((version) => [version.id, Math.round(version.trafficPercent * 100)]));
  const [draft, setDraft] = useState<Shares | null>(null);
  const fits = draft !== null && active.every((version) => version.id in draft) && Object.keys(draft).length === active.length;
  const shares = fits ? draft : saved;
  const changed = !isSame(shares, saved);
  const save = () => share.mutate(shares, { onSuccess: () => setDraft(null) });
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" mb="md">
        {active.map((version) => (
          <VersionCard
            key={version.id}
            version={version}
            configId={experiment.configId}
            shown={experiment.versions.find((each) => each.versionId === version.id)}
            share={shares[version.id] ?? 0}
            onShare={may && active.length > 1 ? (asked) => setDraft(rebalance(shares, version.id, asked)) : undefined}
          />
        ))}
      </SimpleGrid>
      {changed ? (
        <Group gap="xs" mb="md">
          <Button loading={share.isPending} onClick={save}>
            {texts.saveShares}
          </Button>
          <Button variant="default" onClick={() => setDraft(null)}>
            {texts.resetShares}
          </Button>
          <Text c="dimmed" size="sm">
            {texts.sharesAbout}
          </Text>
        </Group>
      ) : null}
      {share.error ? <Problem error={share.error} /> : null}
      <LeaveGuard when={changed} />
    </>
  );
}
