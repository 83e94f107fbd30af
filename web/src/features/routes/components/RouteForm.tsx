import { Accordion, Alert, Button, Group, NumberInput, Paper, Select, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { TrunklineError } from "@trunkline/client";
import { timeZone } from "@/shared/format/zone";
import { LeaveGuard } from "@/shared/ui/LeaveGuard";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { type Route, routeQuery, saveRoute, targetsQuery } from "../api";
import { bodyOf, newTarget, problemsOf, type RouteValues, STRATEGIES, type Strategy, valuesOf } from "../form";
import { texts } from "../texts";
import { ConditionFields } from "./ConditionFields";
import { TargetFields } from "./TargetFields";

const USUAL_SECONDS = 3600;

/** A route, new or saved: targets, strategy, weights, conditions, fallbacks, caching. */
export function RouteForm({ route, mayChange, onSaved }: { route?: Route; mayChange: boolean; onSaved: (route: Route) => void }) {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const [base, setBase] = useState(route);
  const [values, setValues] = useState(() => valuesOf(route));
  const [begun, setBegun] = useState(values);
  const [pressed, setPressed] = useState(false);
  const configurations = useQuery(targetsQuery(client, id));
  const saving = useMutation({
    mutationFn: (onto: Route | undefined) => saveRoute(client, bodyOf(values, timeZone(), onto), onto),
    onSuccess: (saved) => {
      queries.setQueryData(routeQuery(client, id, saved.id).queryKey, saved);
      void queries.invalidateQueries({ queryKey: ["routes", id] });
      setBase(saved);
      setBegun(values);
    },
  });
  // After the guard has heard of it, which would ask otherwise.
  useEffect(() => {
    if (saving.data !== undefined) onSaved(saving.data);
    // oxlint-disable-next-line react/exhaustive-deps -- once for each time it is saved
  }, [saving.data]);
  const set = (change: Partial<RouteValues>) => setValues((before) => ({ ...before, ...change }));
  const problems = pressed ? problemsOf(values) : {};
  const weights = values.targets.filter((target) => target.serves === "first").reduce((sum, target) => sum + target.weight, 0);
  const stale = saving.error instanceof TrunklineError && saving.error.status === 412;
  const save = (onto: Route | undefined) => {
    setPressed(true);
    if (Object.keys(problemsOf(values)).length === 0) saving.mutate(onto);
  };
  const theirs = async (): Promise<Route | undefined> => (base === undefined ? undefined : client.get("/api/routes/{route_id}", { path: { route_id: base.id } }));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save(base);
      }}
    >
      <LeaveGuard when={values !== begun && !(saving.isSuccess && route === undefined)} />
      <Stack maw={820}>
        <Paper withBorder p="md">
          <Stack>
            <TextInput label={texts.form.name} value={values.name} error={problems["name"]} maxLength={255} disabled={!mayChange} onChange={(event) => set({ name: event.currentTarget.value })} />
            <Select
              label={texts.form.strategy}
              description={texts.form.strategyHint}
              data={STRATEGIES.map((each) => ({ value: each, label: texts.strategies[each] }))}
              value={values.strategy}
              allowDeselect={false}
              onChange={(strategy) => set({ strategy: (strategy ?? "priority") as Strategy })}
            />
            <Switch label={texts.form.active} checked={values.isActive} onChange={(event) => set({ isActive: event.currentTarget.checked })} />
          </Stack>
        </Paper>
        <Title order={2}>{texts.form.targets}</Title>
        {configurations.data?.length === 0 ? <Text c="var(--tl-fair)">{texts.form.noTargets}</Text> : null}
        {problems["targets"] === undefined ? null : <Text c="var(--tl-bad)">{problems["targets"]}</Text>}
        {values.targets.map((target, index) => (
          <TargetFields
            key={target.key}
            target={target}
            number={index + 1}
            weighted={values.strategy === "weighted"}
            share={weights > 0 ? target.weight / weights : null}
            configurations={configurations.data ?? []}
            problems={{ place: problems[`targets.${index}`], hours: problems[`targets.${index}.hours`] }}
            onChange={(next) => set({ targets: values.targets.map((each) => (each.key === target.key ? next : each)) })}
            onRemove={() => set({ targets: values.targets.filter((each) => each.key !== target.key) })}
          />
        ))}
        <Group gap="xs">
          <Button variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={() => set({ targets: [...values.targets, newTarget()] })}>
            {texts.form.add}
          </Button>
          <Button variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={() => set({ targets: [...values.targets, { ...newTarget("later"), order: 2 }] })}>
            {texts.form.addFallback}
          </Button>
        </Group>
        <Paper withBorder p="md">
          <Stack gap="xs">
            <Switch
              label={texts.form.caching}
              description={texts.form.cachingAbout}
              checked={values.cacheSeconds !== null}
              onChange={(event) => set({ cacheSeconds: event.currentTarget.checked ? USUAL_SECONDS : null })}
            />
            {values.cacheSeconds === null ? null : (
              <Group>
                <NumberInput label={texts.form.seconds} min={1} thousandSeparator="," value={values.cacheSeconds} onChange={(value) => set({ cacheSeconds: typeof value === "number" ? value : USUAL_SECONDS })} />
                <Select
                  label={texts.form.scope}
                  allowDeselect={false}
                  data={(["user", "workspace"] as const).map((scope) => ({ value: scope, label: texts.form.scopes[scope] }))}
                  value={values.cacheScope}
                  onChange={(scope) => set({ cacheScope: scope === "workspace" ? "workspace" : "user" })}
                />
              </Group>
            )}
          </Stack>
          <Accordion mt="xs" defaultValue={problems["hours"] === undefined ? null : "conditions"}>
            <Accordion.Item value="conditions">
              <Accordion.Control>{texts.form.forRoute}</Accordion.Control>
              <Accordion.Panel>
                <Text size="sm" c="dimmed" mb="xs">
                  {texts.form.conditionsAbout}
                </Text>
                <ConditionFields values={values.conditions} error={problems["hours"]} onChange={(change) => set({ conditions: { ...values.conditions, ...change } })} />
              </Accordion.Panel>
            </Accordion.Item>
          </Accordion>
        </Paper>
        {base === undefined ? null : <TextInput label={texts.form.reason} value={values.reason} maxLength={500} onChange={(event) => set({ reason: event.currentTarget.value })} />}
        {stale ? (
          <Alert color="bad" variant="outline" role="alert">
            <Stack gap="xs" align="flex-start">
              <Text>{texts.form.stale}</Text>
              <Group gap="xs">
                <Button
                  variant="default"
                  onClick={() =>
                    void theirs().then((read) => {
                      setBase(read);
                      setValues(valuesOf(read));
                      saving.reset();
                    })
                  }
                >
                  {texts.form.loadTheirs}
                </Button>
                <Button onClick={() => void theirs().then((read) => save(read))}>{texts.form.saveOver}</Button>
              </Group>
            </Stack>
          </Alert>
        ) : saving.error ? (
          <Problem error={saving.error} />
        ) : null}
        <Group justify="flex-end">
          <Button type="submit" loading={saving.isPending} disabled={!mayChange}>
            {base === undefined ? texts.form.create : texts.form.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
