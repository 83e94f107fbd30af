import { Button, Card, Group, NumberInput, SimpleGrid, Stack, TagsInput, Text } from "@mantine/core";
import { useState } from "react";
import { Controller, useForm, useWatch } from "react-hook-form";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { count } from "@/shared/format/quantity";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { LeaveGuard } from "@/shared/ui/LeaveGuard";
import { notifyDone } from "@/shared/ui/notify";
import { Problem } from "@/shared/ui/Problem";
import { SwitchField } from "@/shared/ui/SwitchField";
import type { Capture, CaptureChange } from "../api";
import { useDeletions, useUpdateCapture } from "../hooks";
import { texts } from "../texts";
import { SourceBadge } from "./SourceBadge";

interface Values {
  enabled: boolean;
  percent: number | string;
  keepDays: number | string;
  redactPersonalData: boolean;
  countries: string[];
}

const FIELDS = ["keepDays", "countries"] as const;
const words = texts.capture;

/** What is captured of the content of calls, for admins alone. */
export function CaptureForm({ capture }: { capture: Capture }) {
  const saving = useUpdateCapture();
  const { erase } = useDeletions();
  const [erasing, setErasing] = useState(false);
  const { control, handleSubmit, setError, reset, formState } = useForm<Values>({ defaultValues: begin(capture) });
  const [enabled, personal] = useWatch({ control, name: ["enabled", "redactPersonalData"] });
  const { errors, isDirty } = formState;
  const save = handleSubmit(async (values) => {
    try {
      reset(begin(await saving.mutateAsync(changeOf(values))));
    } catch (failure) {
      showAtFields(failure, FIELDS, setError, { rate: "percent", "countries[0]": "countries" });
      return;
    }
    notifyDone(texts.saved);
  });
  return (
    <Card>
      <LeaveGuard when={isDirty} />
      <form noValidate onSubmit={(event) => void save(event)}>
        <Stack>
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Text c="dimmed">{words.about}</Text>
            <SourceBadge source={capture.enabled ? "database" : "default"} />
          </Group>
          <SwitchField label={words.enabled} control={control} name="enabled" />
          {enabled ? (
            <>
              <SimpleGrid cols={{ base: 1, xs: 2 }} maw={560}>
                <Controller
                  control={control}
                  name="percent"
                  rules={{ validate: (percent) => (Number(percent) > 0 && Number(percent) <= 100) || words.rateWrong }}
                  render={({ field }) => <NumberInput label={words.rate} max={100} suffix=" %" allowNegative={false} error={errors.percent?.message} {...field} />}
                />
                <Controller
                  control={control}
                  name="keepDays"
                  rules={{ validate: (days) => (Number(days) >= 1 && Number(days) <= 365) || words.daysWrong }}
                  render={({ field }) => <NumberInput label={words.keepDays} allowDecimal={false} allowNegative={false} error={errors.keepDays?.message} {...field} />}
                />
              </SimpleGrid>
              <SwitchField label={words.personal} description={words.personalAbout} control={control} name="redactPersonalData" />
              {personal ? <Controller control={control} name="countries" render={({ field }) => <TagsInput label={words.countries} maw={560} error={errors.countries?.message} {...field} />} /> : null}
            </>
          ) : null}
          {saving.error && !isAtFields(saving.error, [...FIELDS, "rate"]) ? <Problem error={saving.error} /> : null}
          <Group>
            <Button type="submit" loading={saving.isPending} disabled={!isDirty}>
              {texts.save}
            </Button>
            {capture.kept > 0 ? (
              <>
                <Text c="dimmed">{words.kept(count(capture.kept))}</Text>
                <Button variant="outline" color="bad" onClick={() => setErasing(true)}>
                  {words.erase}
                </Button>
              </>
            ) : null}
          </Group>
        </Stack>
      </form>
      {erasing ? (
        <ConfirmDestroy
          opened
          title={words.erasing}
          about={words.erasingAbout}
          affected={[words.kept(count(capture.kept))]}
          action={words.erase}
          onClose={() => setErasing(false)}
          onConfirm={async () => {
            await erase();
            notifyDone(words.erased);
          }}
        />
      ) : null}
    </Card>
  );
}

function begin({ enabled, rate, keepDays, redactPersonalData, countries }: Capture): Values {
  return { enabled, percent: enabled ? rate * 100 : 100, keepDays, redactPersonalData, countries };
}

function changeOf({ enabled, percent, keepDays, redactPersonalData, countries }: Values): CaptureChange {
  if (!enabled) return { enabled: false };
  return { enabled, rate: Number(percent) / 100, keepDays: Number(keepDays), redactPersonalData, countries: redactPersonalData ? countries.map((each) => each.toUpperCase()) : [] };
}
