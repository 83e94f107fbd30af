import { Select, SimpleGrid, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { providersQuery } from "@/shared/providers";
import { FormDialog } from "@/shared/ui/FormDialog";
import { notifyDone } from "@/shared/ui/notify";
import { useWorkspace } from "@/shared/workspace";
import { useCreatePrice } from "../hooks";
import { texts } from "../texts";

const FIELDS = ["provider", "model", "note"] as const;
const UNITS = ["input", "output", "request"] as const;
const words = texts.prices;

/** Sets what a model costs the workspace from now on. */
export function PriceForm({ onClose }: { onClose: () => void }) {
  const { client, id } = useWorkspace();
  const providers = useQuery(providersQuery(client, id));
  const making = useCreatePrice();
  const { control, register, handleSubmit, setError, formState } = useForm({ defaultValues: { provider: "", model: "", input: "", output: "", request: "", note: "" } });
  const { errors, isDirty } = formState;
  const make = handleSubmit(async (values) => {
    const prices = Object.fromEntries(UNITS.filter((unit) => values[unit].trim() !== "").map((unit) => [unit, Number(values[unit])]));
    try {
      await making.mutateAsync({ provider: values.provider, model: values.model.trim(), note: values.note.trim(), prices });
    } catch (failure) {
      showAtFields(failure, FIELDS, setError, { prices: "input", "prices.input": "input", "prices.output": "output", "prices.request": "request" });
      return;
    }
    notifyDone(texts.saved);
    onClose();
  });
  return (
    <FormDialog
      title={words.add}
      action={words.make}
      changed={isDirty && !making.isSuccess}
      pending={making.isPending}
      error={isAtFields(making.error, [...FIELDS, "prices"]) ? null : making.error}
      onClose={onClose}
      onSubmit={() => void make()}
    >
      <Controller
        control={control}
        name="provider"
        rules={{ required: words.missing }}
        render={({ field }) => <Select label={words.provider} data={providers.data ?? []} searchable error={errors.provider?.message} {...field} value={field.value || null} />}
      />
      <TextInput label={words.model} error={errors.model?.message} {...register("model", { validate: (model) => model.trim() !== "" || words.missing })} />
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        {UNITS.map((unit) => (
          <TextInput
            key={unit}
            label={words[unit]}
            leftSection="$"
            inputMode="decimal"
            error={errors[unit]?.message}
            {...register(unit, {
              validate: (price, all) => (/^\d*(\.\d+)?$/.test(price.trim()) && UNITS.some((each) => all[each].trim() !== "") ? true : words.lack),
            })}
          />
        ))}
      </SimpleGrid>
      <TextInput label={words.note} error={errors.note?.message} {...register("note")} />
    </FormDialog>
  );
}
