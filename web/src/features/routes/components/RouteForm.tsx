import { Button, Group, Paper, Select, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { Plus } from "lucide-react";
import { ConflictDialog } from "@/shared/revisions/ConflictDialog";
import { LeaveGuard } from "@/shared/ui/LeaveGuard";
import { Problem } from "@/shared/ui/Problem";
import type { Route } from "../api";
import { newTarget, STRATEGIES, type Strategy } from "../form";
import { texts } from "../texts";
import { useRouteForm } from "../useRouteForm";
import { CachingFields } from "./CachingFields";
import { ConditionFold } from "./ConditionFold";
import { HedgingFields } from "./HedgingFields";
import { OtherwiseField } from "./OtherwiseField";
import { TargetFields } from "./TargetFields";

const words = texts.form;

/** A route, new or saved: targets, strategy, weights, conditions, fallbacks, caching, hedging. */
export function RouteForm({ route, mayChange, onSaved }: { route?: Route; mayChange: boolean; onSaved: (route: Route) => void }) {
  const { base, values, set, configurations, others, listed, zone, changes, problems, saving, error, save, conflict } = useRouteForm(route, onSaved);
  const disabled = !mayChange;
  const weights = values.targets.filter((target) => target.serves === "first").reduce((sum, target) => sum + target.weight, 0);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <LeaveGuard when={changes.length > 0} />
      <Stack maw={820}>
        <Paper withBorder p="md">
          <Stack>
            <TextInput label={words.name} value={values.name} error={problems["name"]} maxLength={255} disabled={disabled} onChange={(event) => set({ name: event.currentTarget.value })} />
            <Select
              label={words.strategy}
              description={words.strategyHint}
              data={STRATEGIES.map((each) => ({ value: each, label: texts.strategies[each] }))}
              value={values.strategy}
              allowDeselect={false}
              disabled={disabled}
              onChange={(strategy) => set({ strategy: (strategy ?? "priority") as Strategy })}
            />
            <Switch label={words.active} checked={values.isActive} disabled={disabled} onChange={(event) => set({ isActive: event.currentTarget.checked })} />
          </Stack>
        </Paper>
        <Title order={2}>{words.targets}</Title>
        {listed && configurations.length === 0 ? <Text c="var(--tl-fair)">{words.noTargets}</Text> : null}
        {problems["targets"] === undefined ? null : <Text c="var(--tl-bad)">{problems["targets"]}</Text>}
        {values.targets.map((target, index) => (
          <TargetFields
            key={target.key}
            target={target}
            number={index + 1}
            weighted={values.strategy === "weighted"}
            share={weights > 0 ? target.weight / weights : null}
            configurations={configurations}
            zone={zone}
            revision={base?.revision}
            problems={{ place: problems[`targets.${index}`], hours: problems[`targets.${index}.hours`], metadata: problems[`targets.${index}.metadata`] }}
            disabled={disabled}
            onChange={(change) => set((before) => ({ targets: before.targets.map((each) => (each.key === target.key ? change(each) : each)) }))}
            onRemove={() => set({ targets: values.targets.filter((each) => each.key !== target.key) })}
          />
        ))}
        {disabled ? null : (
          <Group gap="xs">
            <Button variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={() => set({ targets: [...values.targets, newTarget()] })}>
              {words.add}
            </Button>
            <Button variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={() => set({ targets: [...values.targets, { ...newTarget("later"), order: 2 }] })}>
              {words.addFallback}
            </Button>
          </Group>
        )}
        <Paper withBorder p="md">
          <Stack>
            <CachingFields values={values} names={configurations.map(({ name }) => name)} disabled={disabled} onChange={set} />
            <HedgingFields values={values} disabled={disabled} onChange={set} />
          </Stack>
          {/* What was saved folds itself again. */}
          <ConditionFold
            key={base?.revision}
            label={words.forRoute}
            values={values.conditions}
            zone={zone}
            problems={{ hours: problems["hours"], metadata: problems["metadata"] }}
            disabled={disabled}
            onChange={(change) => set((before) => ({ conditions: { ...before.conditions, ...change } }))}
          >
            <OtherwiseField id={values.otherwiseId} name={values.otherwiseName} others={others} disabled={disabled} onChange={(otherwiseId) => set({ otherwiseId })} />
          </ConditionFold>
        </Paper>
        {base === undefined || disabled ? null : <TextInput label={words.reason} value={values.reason} maxLength={500} onChange={(event) => set({ reason: event.currentTarget.value })} />}
        {error ? <Problem error={error} /> : null}
        {disabled ? null : (
          <Group justify="flex-end">
            <Button type="submit" loading={saving}>
              {base === undefined ? words.create : words.save}
            </Button>
          </Group>
        )}
      </Stack>
      {conflict === null ? null : (
        <ConflictDialog mine={changes} theirs={conflict.changes} saving={saving} onMine={() => save(conflict.theirs)} onTheirs={conflict.take} onClose={conflict.dismiss} />
      )}
    </form>
  );
}
