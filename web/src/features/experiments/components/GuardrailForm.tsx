import { Button, Group, Modal, NumberInput, Stack } from "@mantine/core";
import { Controller, useForm } from "react-hook-form";
import { texts as shared } from "@/shared/texts";
import { Problem } from "@/shared/ui/Problem";
import { type Experiment, useExperimentChanges } from "../api";
import { texts } from "../texts";

interface Fields {
  errorRate: number | string;
  slowShare: number | string;
  cost: number | string;
  slowMs: number | string;
}

const RAILS = ["errorRate", "slowShare", "cost"] as const;

const read = (value: number | string) => (typeof value === "number" ? { maxIncrease: value / 100 } : null);

/** Which guardrails there are. What is typed stays when saving fails. */
export function GuardrailForm({ experiment, onClose }: { experiment: Experiment; onClose: () => void }) {
  const { guardrails } = texts;
  const { change } = useExperimentChanges(experiment.configId);
  const limit = (metric: (typeof RAILS)[number]) => {
    const found = experiment.guardrails.find((rail) => rail.metric === metric)?.maxIncrease;
    return found === undefined ? "" : Number((100 * found).toFixed(4));
  };
  const form = useForm<Fields>({
    defaultValues: { errorRate: limit("errorRate"), slowShare: limit("slowShare"), cost: limit("cost"), slowMs: experiment.slowMs },
  });
  const save = form.handleSubmit((given) =>
    change.mutate(
      {
        guardrails: { errorRate: read(given.errorRate), slowShare: read(given.slowShare), cost: read(given.cost) },
        ...(typeof given.slowMs === "number" ? { slowMs: given.slowMs } : {}),
      },
      { onSuccess: onClose },
    ),
  );
  return (
    <Modal opened onClose={onClose} title={guardrails.title} closeButtonProps={{ "aria-label": shared.close }}>
      <form noValidate onSubmit={(event) => void save(event)}>
        <Stack>
          {RAILS.map((rail) => (
            <Controller
              key={rail}
              name={rail}
              control={form.control}
              render={({ field }) => <NumberInput {...field} label={guardrails.fields[rail]} description={guardrails.empty} min={0} max={rail === "cost" ? 10_000 : 100} decimalScale={2} />}
            />
          ))}
          <Controller name="slowMs" control={form.control} render={({ field }) => <NumberInput {...field} label={guardrails.fields.slowMs} min={1} max={3_600_000} allowDecimal={false} />} />
          {change.error ? <Problem error={change.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {shared.cancel}
            </Button>
            <Button type="submit" loading={change.isPending}>
              {guardrails.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
