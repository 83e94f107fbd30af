import { Button, Group, Modal, NumberInput, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Controller, useForm } from "react-hook-form";
import { useMayChangeEach } from "@/shared/subjects/useMayChange";
import { texts as shared } from "@/shared/texts";
import { LeaveGuard } from "@/shared/ui/LeaveGuard";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { candidatesQuery, useExperimentChanges } from "../api";
import { texts } from "../texts";

interface Fields {
  configId: string;
  version: string;
  model: string;
  temperature: number | string;
  prompt: string;
  share: number | string;
}

/** A second version of a configuration, and how much of the traffic it gets. `done` is called with the configuration's id. */
export function NewExperiment({ onClose, done }: { onClose: () => void; done: (configId: string) => void }) {
  const { client, id } = useWorkspace();
  const { create: words } = texts;
  const mayChange = useMayChangeEach();
  const configurations = useQuery(candidatesQuery(client, id));
  const { create } = useExperimentChanges("");
  const form = useForm<Fields>({ defaultValues: { configId: "", version: "v2", model: "", temperature: "", prompt: "", share: 50 } });
  const { errors, isDirty } = form.formState;
  const save = form.handleSubmit((given) => {
    const settings = {
      ...(typeof given.temperature === "number" ? { temperature: given.temperature } : {}),
      ...(given.prompt.trim() === "" ? {} : { systemPrompt: given.prompt }),
    };
    create.mutate({
      configId: given.configId,
      body: { version: given.version.trim(), trafficPercent: Number(given.share), settings, ...(given.model.trim() === "" ? {} : { modelId: given.model.trim() }) },
    });
  });
  const made = create.isSuccess ? create.variables.configId : null;
  // Only after the form counts as saved: else leaving it would be asked about.
  useEffect(() => {
    if (made !== null) done(made);
  }, [made, done]);
  return (
    <Modal opened onClose={onClose} title={words.title} closeButtonProps={{ "aria-label": shared.close }}>
      <form noValidate onSubmit={(event) => void save(event)}>
        <Stack>
          <Controller
            name="configId"
            control={form.control}
            rules={{ required: words.required }}
            render={({ field }) => (
              <Select
                {...field}
                onChange={(value) => field.onChange(value ?? "")}
                label={words.configuration}
                data={(configurations.data ?? []).filter(mayChange).map((each) => ({ value: each.id, label: `${each.name} · ${each.model ?? ""}` }))}
                searchable
                error={errors.configId?.message}
              />
            )}
          />
          <TextInput label={words.name} error={errors.version?.message} {...form.register("version", { required: words.nameRequired })} />
          <TextInput label={words.model} description={words.modelAbout} {...form.register("model")} />
          <Controller name="temperature" control={form.control} render={({ field }) => <NumberInput {...field} label={words.temperature} description={words.temperatureAbout} min={0} max={2} step={0.1} decimalScale={2} />} />
          <Textarea label={words.prompt} autosize minRows={2} maxRows={8} {...form.register("prompt")} />
          <Controller name="share" control={form.control} render={({ field }) => <NumberInput {...field} label={words.share} min={0} max={100} decimalScale={2} suffix=" %" />} />
          {create.error ? <Problem error={create.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {shared.cancel}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {words.save}
            </Button>
          </Group>
        </Stack>
      </form>
      <LeaveGuard when={isDirty && !create.isSuccess} />
    </Modal>
  );
}
