import { Group, Stack, TextInput } from "@mantine/core";
import { useFormContext } from "react-hook-form";
import { timeZone } from "@/shared/format/zone";
import { SwitchField } from "@/shared/ui/SwitchField";
import type { RuleFields } from "../form";
import { texts } from "../texts";

/** Hours of every day in which notices wait. */
export function QuietHours() {
  const { control, register, watch } = useFormContext<RuleFields>();
  const { form: words } = texts;
  return (
    <Stack gap="xs">
      <SwitchField label={words.quiet} description={words.quietAbout(timeZone())} control={control} name="quiet" />
      {watch("quiet") ? (
        <Group align="flex-end">
          <TextInput type="time" label={words.from} {...register("quietStart")} />
          <TextInput type="time" label={words.to} {...register("quietEnd")} />
          <SwitchField label={words.hold} control={control} name="holdCritical" />
        </Group>
      ) : null}
    </Stack>
  );
}
