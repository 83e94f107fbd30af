import { ActionIcon, Group, Paper, Select, SimpleGrid, Text, TextInput } from "@mantine/core";
import { Trash2 } from "lucide-react";
import { percent } from "@/shared/format/quantity";
import { NumberField } from "@/shared/ui/NumberField";
import { SERVES, type Serves, type TargetValues, withServes } from "../form";
import { texts } from "../texts";
import { ConditionFold } from "./ConditionFold";

/** Options that a list shows at once; typing finds the others. */
const MOST = 100;

/** One target of a route: where it leads, when it serves, and for which calls. */
export function TargetFields({
  target,
  number,
  weighted,
  share,
  configurations,
  zone,
  revision,
  problems,
  disabled,
  onChange,
  onRemove,
}: {
  target: TargetValues;
  number: number;
  weighted: boolean;
  /** Of the calls that go to the first ones. */
  share: number | null;
  configurations: { id: string; name: string }[];
  zone: string;
  /** Of the route as it was saved last. */
  revision: number | undefined;
  problems: { place: string | undefined; hours: string | undefined; metadata: string | undefined };
  disabled: boolean;
  onChange: (change: (target: TargetValues) => TargetValues) => void;
  onRemove: () => void;
}) {
  // One that is no longer shared is still the route's.
  const known = configurations.some(({ id }) => id === target.configurationId) || target.configurationId === "";
  const places = [...configurations, ...(known ? [] : [{ id: target.configurationId, name: target.configurationName || target.configurationId }])].map(({ id, name }) => ({ value: id, label: name }));
  const set = (change: Partial<TargetValues>) => onChange((now) => ({ ...now, ...change }));
  return (
    <Paper withBorder p="md" component="fieldset" m={0} aria-label={texts.form.target(number)}>
      <Group justify="space-between" mb="xs">
        <Text fw={550}>
          {texts.form.target(number)}
        </Text>
        {disabled ? null : (
          <ActionIcon variant="subtle" color="gray" aria-label={texts.form.remove(number)} onClick={onRemove}>
            <Trash2 size={14} aria-hidden />
          </ActionIcon>
        )}
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <Select
          label={texts.form.configuration}
          description={texts.form.configurationHint}
          searchable
          limit={MOST}
          disabled={disabled}
          data={places}
          value={target.configurationId || null}
          error={problems.place}
          onChange={(id) => set({ configurationId: id ?? "" })}
        />
        <TextInput label={texts.form.model} description={texts.form.modelHint} disabled={disabled} classNames={{ input: "mono" }} value={target.model} onChange={(event) => set({ model: event.currentTarget.value })} />
        <Select
          label={texts.form.serves}
          data={SERVES.map((each) => ({ value: each, label: texts.serves[each] }))}
          value={target.serves}
          allowDeselect={false}
          disabled={disabled}
          onChange={(serves) => onChange((now) => withServes(now, (serves ?? "first") as Serves))}
        />
        {target.serves === "later" ? (
          <NumberField label={texts.form.order} min={2} max={1000} disabled={disabled} value={target.order} onChange={(value) => set({ order: value ?? 2 })} />
        ) : null}
        {weighted && target.serves === "first" ? (
          <NumberField
            label={texts.form.weight}
            description={share === null ? undefined : texts.form.share(percent(share))}
            inputWrapperOrder={["label", "input", "description", "error"]}
            min={1}
            max={1000}
            disabled={disabled}
            value={target.weight}
            onChange={(value) => set({ weight: value ?? 1 })}
          />
        ) : null}
      </SimpleGrid>
      <ConditionFold key={revision} label={texts.form.conditions} values={target} zone={zone} problems={problems} disabled={disabled} onChange={set} />
    </Paper>
  );
}
