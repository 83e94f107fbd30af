import { Stack, Textarea, TextInput } from "@mantine/core";
import { texts } from "../texts";

/** A request that is edited as it is sent. */
export function RawRequest({ path, body, onChange, wrong }: { path: string; body: string; onChange: (next: { path: string; body: string }) => void; wrong: boolean }) {
  return (
    <Stack gap="md">
      <TextInput label={texts.path} classNames={{ input: "mono" }} value={path} onChange={(event) => onChange({ path: event.currentTarget.value, body })} />
      <Textarea
        label={texts.body}
        classNames={{ input: "mono" }}
        autosize
        minRows={12}
        maxRows={30}
        spellCheck={false}
        value={body}
        onChange={(event) => onChange({ path, body: event.currentTarget.value })}
        error={wrong ? texts.moreWrong : undefined}
      />
    </Stack>
  );
}
