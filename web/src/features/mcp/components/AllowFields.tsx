import { Box, Radio, Select, Stack, TagsInput, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Controller, useFieldArray, useFormContext, useWatch } from "react-hook-form";
import { subjectsQuery } from "@/shared/subjects/subjects";
import { AddRow, FieldRow } from "@/shared/ui/FieldRow";
import { useWorkspace } from "@/shared/workspace";
import { NEW_KEY, type ServerFields } from "../form";
import { texts } from "../texts";

const words = texts.form;

/** Which tools can be called, and by which keys. `known`: the tools that the server is known to have. */
export function AllowFields({ known }: { known: string[] }) {
  const { control } = useFormContext<ServerFields>();
  const [everyTool, everyKey] = useWatch({ control, name: ["everyTool", "everyKey"] });
  return (
    <>
      <Either name="everyTool" label={words.tools} all={words.toolsAll} some={words.toolsSome} />
      {everyTool ? null : (
        <Controller
          control={control}
          name="tools"
          render={({ field }) => <TagsInput aria-label={words.tools} description={words.toolsAbout} data={known} acceptValueOnBlur {...field} />}
        />
      )}
      <Either name="everyKey" label={words.keys} all={words.keysAll} some={words.keysSome} />
      {everyKey ? null : <KeyRows known={known} />}
    </>
  );
}

function Either({ name, label, all, some }: { name: "everyTool" | "everyKey"; label: string; all: string; some: string }) {
  const { control } = useFormContext<ServerFields>();
  return (
    <Controller
      control={control}
      name={name}
      render={({ field: { value, onChange } }) => (
        <Radio.Group label={label} value={value ? "all" : "some"} onChange={(next) => onChange(next === "all")}>
          <Stack gap="xs" mt={4}>
            <Radio value="all" label={all} />
            <Radio value="some" label={some} />
          </Stack>
        </Radio.Group>
      )}
    />
  );
}

function KeyRows({ known }: { known: string[] }) {
  const { client, id } = useWorkspace();
  const { control, getValues, formState } = useFormContext<ServerFields>();
  const { fields, append, remove } = useFieldArray({ control, name: "keys" });
  const keys = useQuery(subjectsQuery(client, id, "key")).data ?? [];
  const errors = formState.errors.keys;
  const problemOf = (keyId: string) => {
    if (keyId === "") return words.keyWrong;
    return getValues("keys").filter((each) => each.keyId === keyId).length === 1 || words.keyTwice;
  };
  return (
    <Box>
      {fields.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.noKeys}
        </Text>
      ) : null}
      {fields.map((field, at) => (
        <FieldRow key={field.id} remove={words.removeKey(at + 1)} onRemove={() => remove(at)}>
          <Controller
            control={control}
            name={`keys.${at}.keyId`}
            rules={{ validate: problemOf }}
            render={({ field: { value, onChange, ref, onBlur } }) => (
              <Select
                ref={ref}
                aria-label={words.keyAt(at + 1)}
                placeholder={words.key}
                searchable
                limit={100}
                data={keys.some((key) => key.value === value) || value === "" ? keys : [...keys, { value, label: value }]}
                value={value || null}
                onChange={(next) => onChange(next ?? "")}
                onBlur={onBlur}
                error={errors?.[at]?.keyId?.message}
              />
            )}
          />
          <Controller
            control={control}
            name={`keys.${at}.tools`}
            render={({ field: tools }) => (
              <TagsInput
                {...tools}
                aria-label={words.keyToolsAt(at + 1)}
                placeholder={tools.value.length === 0 ? words.keyToolsAll : ""}
                data={known}
                acceptValueOnBlur
              />
            )}
          />
        </FieldRow>
      ))}
      <AddRow label={words.addKey} onAdd={() => append({ ...NEW_KEY })} />
    </Box>
  );
}
