import { Button, Card, Group, NumberInput, Stack, Text } from "@mantine/core";
import { Controller, useForm } from "react-hook-form";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { LeaveGuard } from "@/shared/ui/LeaveGuard";
import { notifyDone } from "@/shared/ui/notify";
import { Problem } from "@/shared/ui/Problem";
import { useMay } from "@/shared/workspace";
import type { Retention } from "../api";
import { useUpdateRetention } from "../hooks";
import { texts } from "../texts";
import { SourceBadge } from "./SourceBadge";

const KINDS = ["requestsDays", "conversationsDays", "violationsDays", "alertsDays", "auditDays"] as const;
type Values = Record<(typeof KINDS)[number], number | string>;
const words = texts.retention;

/** How long things are kept: the workspace's word, within that of the installation. */
export function RetentionForm({ retention }: { retention: Retention }) {
  const mayChange = useMay("retention.change");
  const saving = useUpdateRetention();
  const { control, handleSubmit, setError, reset, formState } = useForm<Values>({ defaultValues: begin(retention) });
  const { errors, isDirty } = formState;
  const save = handleSubmit(async (values) => {
    try {
      const next = await saving.mutateAsync(Object.fromEntries(KINDS.map((kind) => [kind, values[kind] === "" ? null : Number(values[kind])])));
      reset(begin(next));
    } catch (failure) {
      showAtFields(failure, KINDS, setError);
      return;
    }
    notifyDone(texts.saved);
  });
  return (
    <Card>
      <LeaveGuard when={isDirty} />
      <form noValidate onSubmit={(event) => void save(event)}>
        <Stack>
          <Text c="dimmed">{words.about}</Text>
          {KINDS.map((kind) => {
            const most = retention.installation[kind];
            return (
              <Group key={kind} align="flex-end" gap="sm">
                <Controller
                  control={control}
                  name={kind}
                  rules={{ validate: (days) => days === "" || Number(days) >= 1 || words.wrong }}
                  render={({ field }) => (
                    <NumberInput
                      flex={1}
                      maw={460}
                      label={words.kinds[kind]}
                      description={most === null ? words.noLimit : words.installation(most)}
                      placeholder={most === null ? words.forever : String(most)}
                      suffix={` ${words.days}`}
                      allowDecimal={false}
                      allowNegative={false}
                      disabled={!mayChange}
                      error={errors[kind]?.message}
                      {...field}
                    />
                  )}
                />
                <SourceBadge source={retention.workspace[kind] !== null ? "database" : most === null ? "default" : "environment"} />
              </Group>
            );
          })}
          {saving.error && !isAtFields(saving.error, KINDS) ? <Problem error={saving.error} /> : null}
          {mayChange ? (
            <Group>
              <Button type="submit" loading={saving.isPending} disabled={!isDirty}>
                {texts.save}
              </Button>
            </Group>
          ) : (
            <Text c="dimmed">{texts.locked}</Text>
          )}
        </Stack>
      </form>
    </Card>
  );
}

function begin({ workspace }: Retention): Values {
  return {
    requestsDays: workspace.requestsDays ?? "", conversationsDays: workspace.conversationsDays ?? "", violationsDays: workspace.violationsDays ?? "",
    alertsDays: workspace.alertsDays ?? "", auditDays: workspace.auditDays ?? "",
  };
}
