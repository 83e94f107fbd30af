import { Box, Button, Group, Paper, Text, Title } from "@mantine/core";
import { useState } from "react";
import { moment } from "@/shared/format/time";
import { keyNames, useShortcut } from "@/shared/keys";
import { CopyAs } from "@/shared/ui/CopyAs";
import { JsonBlock } from "@/shared/ui/JsonBlock";
import { PageHeader } from "@/shared/ui/PageHeader";
import { Problem } from "@/shared/ui/Problem";
import { Answer } from "../components/Answer";
import { RawRequest } from "../components/RawRequest";
import { RequestForm } from "../components/RequestForm";
import { SaveAs } from "../components/SaveAs";
import type { PlaygroundSearch } from "../search";
import { texts } from "../texts";
import { usePlayground } from "../usePlayground";
import { useRun } from "../useRun";
import classes from "./PlaygroundPage.module.css";

/** One request, all of it: the form or the JSON at the left, the answer at the right. */
export function PlaygroundPage({ search }: { search: PlaygroundSearch }) {
  const { asked, change, raw, setRaw, editRaw, request, replay, replayed } = usePlayground(search);
  const { run, running, start, stop } = useRun();
  const [file, setFile] = useState<File | null>(null);
  const recorded = asked.kind === "transcription" && raw === null;
  const ready = request !== null && !running && (!recorded || file !== null);
  const send = () => {
    if (!ready) return;
    void start(request.path, recorded && file !== null ? formOf(request.body, file) : request.body);
  };
  useShortcut("mod+Enter", texts.run, send, true);
  return (
    <>
      <PageHeader
        title={texts.title}
        about={texts.about}
        actions={
          <>
            <SaveAs asked={asked} />
            {request === null ? null : <CopyAs sent={{ method: "POST", path: request.path, body: request.body }} />}
          </>
        }
      />
      {replay.isError ? <Problem error={replay.error} /> : null}
      {replayed === undefined ? null : (
        <Text size="sm" c="dimmed" mb="sm">
          {replayed.content?.request ? (replayed.content.cut ? texts.replayedCut : texts.replayed(moment(replayed.openedAt))) : texts.replayedWithout}
        </Text>
      )}
      <Box className={classes.columns}>
        <Paper withBorder p="md">
          {raw === null ? (
            <RequestForm asked={asked} onChange={change} file={file} onFile={setFile} wrong={request === null} />
          ) : (
            <RawRequest path={raw.path} body={raw.body} onChange={setRaw} wrong={request === null} />
          )}
          <Group gap="xs" mt="md">
            {running ? (
              <Button variant="default" onClick={stop}>
                {texts.stopRun}
              </Button>
            ) : (
              <Button onClick={send} disabled={!ready}>
                {texts.run}
              </Button>
            )}
            <Text size="sm" c="dimmed">
              {keyNames("mod+Enter").join(" ")}
            </Text>
            <Box flex={1} />
            <Button variant="subtle" onClick={() => (raw === null ? editRaw() : setRaw(null))}>
              {raw === null ? texts.editRaw : texts.backToForm}
            </Button>
          </Group>
          {raw === null && request !== null ? (
            <Box mt="md">
              <Title order={2} fz="md" mb="xs">
                {texts.request}
              </Title>
              <Text className="mono" mb={4}>
                POST {request.path}
              </Text>
              <JsonBlock value={request.body} label={texts.request} wrap maxHeight={320} />
            </Box>
          ) : null}
        </Paper>
        <Box component="section" aria-label={texts.answer}>
          {run === null ? <Text c="dimmed">{texts.nothing}</Text> : <Answer run={run} inputs={asked.prompt.split("\n").filter((line) => line.trim() !== "")} />}
        </Box>
      </Box>
    </>
  );
}

function formOf(body: Record<string, unknown>, file: File): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  form.append("file", file);
  return form;
}
