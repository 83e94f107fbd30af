import { Checkbox, FileInput, Select, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { ModelPicker } from "@/shared/choices/ModelPicker";
import { NumberField } from "@/shared/ui/NumberField";
import { type Asked, isText, type Kind, KINDS } from "../kinds";
import { texts } from "../texts";
import classes from "./RequestForm.module.css";

const PROMPTS: Partial<Record<Kind, string>> = { images: texts.picture, embeddings: texts.embed, speech: texts.say };

/** One request as a form. Numbers that are not set are not sent. */
export function RequestForm({
  asked,
  onChange,
  file,
  onFile,
  wrong,
}: {
  asked: Asked;
  onChange: (change: Partial<Asked>) => void;
  file: File | null;
  onFile: (file: File | null) => void;
  wrong: boolean;
}) {
  const number = (name: "temperature" | "topP" | "maxTokens") => (
    <NumberField
      label={texts[name]}
      placeholder={texts.unset}
      value={asked[name]}
      onChange={(next) => onChange({ [name]: next })}
      step={name === "maxTokens" ? 1 : 0.05}
      min={0}
      allowDecimal={name !== "maxTokens"}
    />
  );
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Select
          label={texts.kind}
          data={KINDS.map((kind) => ({ value: kind, label: texts.kinds[kind] }))}
          value={asked.kind}
          onChange={(kind) => onChange({ kind: kind as Kind })}
          allowDeselect={false}
        />
        <ModelPicker value={asked.model || null} onChange={(model) => onChange({ model })} label={texts.model} visible />
      </SimpleGrid>
      {isText(asked.kind) ? (
        <Textarea label={texts.system} autosize minRows={2} maxRows={8} value={asked.system} onChange={(event) => onChange({ system: event.currentTarget.value })} />
      ) : null}
      {asked.kind === "transcription" ? (
        <FileInput label={texts.audio} placeholder={texts.choose} accept="audio/*" value={file} onChange={onFile} clearable />
      ) : (
        <Textarea
          label={PROMPTS[asked.kind] ?? texts.prompt}
          rows={4}
          classNames={{ input: classes.grows ?? "" }}
          value={asked.prompt}
          onChange={(event) => onChange({ prompt: event.currentTarget.value })}
        />
      )}
      {asked.kind === "speech" ? <TextInput label={texts.voice} value={asked.voice} onChange={(event) => onChange({ voice: event.currentTarget.value })} /> : null}
      {isText(asked.kind) ? (
        <>
          <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="md">
            {number("temperature")}
            {number("topP")}
            {number("maxTokens")}
          </SimpleGrid>
          {asked.kind === "responses" ? null : (
            <Textarea label={texts.stop} rows={2} value={asked.stop} onChange={(event) => onChange({ stop: event.currentTarget.value })} />
          )}
          <Checkbox label={texts.stream} checked={asked.stream} onChange={(event) => onChange({ stream: event.currentTarget.checked })} />
        </>
      ) : null}
      <Textarea
        label={texts.more}
        classNames={{ input: "mono" }}
        autosize
        minRows={2}
        maxRows={10}
        spellCheck={false}
        placeholder='{"seed": 7}'
        value={asked.more}
        onChange={(event) => onChange({ more: event.currentTarget.value })}
        error={wrong ? texts.moreWrong : undefined}
      />
    </Stack>
  );
}
