import { Group, Stack, Switch, TextInput } from "@mantine/core";
import { useFormContext } from "react-hook-form";
import { timeZone } from "@/shared/format/zone";
import type { RuleFields } from "../form";
import { texts } from "../texts";

/** Hours of every day in which notices wait. */
export function QuietHours() {
  const { register, watch } = useFormContext<RuleFields>();
  const { form: words } = texts;
  return (
    <Stack gap="xs">
      <Switch label={words.quiet} description={words.quietAbout(timeZone())} {...register("quiet")} />
      {watch("quiet") ? (
        <Group align="flex-end">
          <TextInput type="time" label={words.from} {...register("quietStart")} />
          <TextInput type="time" label={words.to} {...register("quietEnd")} />
          <Switch label={words.hold} {...register("holdCritical")} />
        </Group>
      ) : null}
    </Stack>
  );
}
