import { ActionIcon, Button, Group, Modal, NumberInput, Select, Stack } from "@mantine/core";
import { Trash2 } from "lucide-react";
import { Controller, useFieldArray, useForm } from "react-hook-form";
import { texts as shared } from "@/shared/texts";
import { Problem } from "@/shared/ui/Problem";
import { type Experiment, useExperimentChanges } from "../api";
import { texts } from "../texts";

interface Fields {
  versionId: string;
  steps: { percent: number | string; after: number | string; kind: "people" | "hours" }[];
}

/** A ramp before it begins: for which version, and its steps. The last one stays. */
export function RampForm({ experiment, onClose }: { experiment: Experiment; onClose: () => void }) {
  const { ramp } = texts;
  const { change } = useExperimentChanges(experiment.configId);
  const versions = experiment.versions.filter((version) => !version.isControl);
  const form = useForm<Fields>({
    defaultValues: {
      versionId: versions[0]?.versionId ?? "",
      steps: [
        { percent: 5, after: 200, kind: "people" },
        { percent: 25, after: 24, kind: "hours" },
        { percent: 50, after: "", kind: "hours" },
      ],
    },
  });
  const steps = useFieldArray({ control: form.control, name: "steps" });
  const begin = form.handleSubmit(({ versionId, steps: given }) =>
    change.mutate(
      {
        ramp: {
          versionId,
          steps: given.map(({ percent, after, kind }, at) => ({
            percent: Number(percent),
            ...(at === given.length - 1 || typeof after !== "number" ? {} : kind === "people" ? { minUnits: after } : { hours: after }),
          })),
        },
      },
      { onSuccess: onClose },
    ),
  );
  return (
    <Modal opened onClose={onClose} title={ramp.title} size="lg" closeButtonProps={{ "aria-label": shared.close }}>
      <form noValidate onSubmit={(event) => void begin(event)}>
        <Stack>
          <Controller
            name="versionId"
            control={form.control}
            render={({ field }) => (
              <Select {...field} onChange={(value) => field.onChange(value ?? "")} label={texts.version} data={versions.map((each) => ({ value: each.versionId, label: each.version }))} allowDeselect={false} />
            )}
          />
          {steps.fields.map((step, at) => (
            <Group key={step.id} gap="xs" align="flex-end">
              <Controller name={`steps.${at}.percent`} control={form.control} render={({ field }) => <NumberInput {...field} w={130} label={ramp.percent(at + 1)} min={0.01} max={100} decimalScale={2} suffix=" %" />} />
              {at === steps.fields.length - 1 ? null : (
                <>
                  <Controller name={`steps.${at}.after`} control={form.control} render={({ field }) => <NumberInput {...field} w={130} label={ramp.after(at + 1)} min={0} />} />
                  <Controller
                    name={`steps.${at}.kind`}
                    control={form.control}
                    render={({ field }) => (
                      <Select
                        {...field}
                        w={110}
                        aria-label={ramp.kind(at + 1)}
                        data={[
                          { value: "people", label: ramp.kinds.people },
                          { value: "hours", label: ramp.kinds.hours },
                        ]}
                        allowDeselect={false}
                      />
                    )}
                  />
                </>
              )}
              {steps.fields.length > 1 ? (
                <ActionIcon variant="subtle" color="gray" aria-label={ramp.remove(at + 1)} onClick={() => steps.remove(at)}>
                  <Trash2 size={16} aria-hidden />
                </ActionIcon>
              ) : null}
            </Group>
          ))}
          {change.error ? <Problem error={change.error} /> : null}
          <Group justify="space-between" gap="xs">
            <Button variant="default" disabled={steps.fields.length >= 20} onClick={() => steps.append({ percent: 100, after: "", kind: "hours" })}>
              {ramp.add}
            </Button>
            <Button type="submit" loading={change.isPending}>
              {ramp.begin}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
