import { Alert, Button, Group, Progress, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { duration } from "@/shared/format/time";
import { Problem } from "@/shared/ui/Problem";
import { useMay, useWorkspace } from "@/shared/workspace";
import { type Job, jobQuery } from "../api";
import { bytes, type PullProgress, progressOf, type Sample } from "../pull";
import { texts } from "../texts";

/** Has Ollama download a model. The work is the server's: `job` names it in the address, so that a reload follows it on. */
export function PullModel({ baseUrl, job, onJob, onDone }: { baseUrl: string; job: string; onJob: (job: string) => void; onDone: (model: string) => void }) {
  const { client } = useWorkspace();
  const may = useMay("models.pull");
  const [name, setName] = useState("");
  const starting = useMutation({
    mutationFn: (model: string) =>
      client.post("/api/providers/{name}/models/pull", { path: { name: "ollama" }, body: baseUrl === "" ? { model } : { model, baseUrl } }),
    onSuccess: (started) => onJob(started.jobId),
  });
  if (!may) {
    return (
      <Text size="sm" c="dimmed">
        {texts.pull.forbidden}
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") starting.mutate(name.trim());
        }}
      >
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <TextInput flex={1} label={texts.pull.label} placeholder={texts.pull.placeholder} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Button type="submit" variant="default" leftSection={<Download size={14} aria-hidden />} loading={starting.isPending}>
            {texts.pull.start}
          </Button>
        </Group>
      </form>
      {starting.error ? <Problem error={starting.error} /> : null}
      {job === "" ? null : <PullJob job={job} onDone={onDone} />}
    </Stack>
  );
}

function PullJob({ job, onDone }: { job: string; onDone: (model: string) => void }) {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const { data, error } = useQuery(jobQuery(client, id, job));
  const [first, setFirst] = useState<Sample | null>(null);
  const model = String(data?.subject["model"] ?? "");
  const state = data?.state;
  const at = data?.updatedAt;
  useEffect(() => {
    if (data !== undefined && first === null) setFirst({ at: Date.parse(data.updatedAt), completed: Number(data.progress["completed"] ?? 0) });
  }, [data, first]);
  const progress = data === undefined ? null : progressOf(data, first, Date.parse(at ?? ""));
  usePercentTitle(state === "running" ? (progress?.share ?? null) : null, model);
  useEffect(() => {
    if (state !== "succeeded") return;
    void queries.invalidateQueries({ queryKey: ["provider-models", id, "ollama"] });
    onDone(model);
    // oxlint-disable-next-line react/exhaustive-deps -- once, when it ends
  }, [state]);
  if (error) return <Problem error={error} />;
  if (data === undefined || progress === null) return null;
  if (data.error !== null) return <Alert color="bad" variant="outline" role="alert">{texts.pull.failed(data.error)}</Alert>;
  if (data.state === "succeeded") return <Text component="output" display="block">{texts.pull.done(model)}</Text>;
  return <PullBar job={data} model={model} progress={progress} />;
}

function PullBar({ job, model, progress }: { job: Job; model: string; progress: PullProgress }) {
  const facts = [
    progress.total > 0 ? texts.pull.of(bytes(progress.completed), bytes(progress.total)) : String(job.progress["status"] ?? ""),
    progress.rate === null ? "" : texts.pull.rate(bytes(progress.rate)),
    progress.secondsLeft === null ? "" : texts.pull.left(duration(progress.secondsLeft * 1000)),
  ].filter(Boolean);
  return (
    <Stack gap={6}>
      <Text size="sm" fw={550}>
        {texts.pull.progress(model)}
      </Text>
      <Progress.Root size="sm">
        <Progress.Section value={(progress.share ?? 0) * 100} aria-label={texts.pull.progress(model)} />
      </Progress.Root>
      <Text size="sm" c="dimmed">
        {facts.join(" · ")}
      </Text>
      <Text size="sm" c="dimmed">
        {texts.pull.goesOn}
      </Text>
    </Stack>
  );
}

/** Shows how far something is in the tab's title, as long as it is under way. */
function usePercentTitle(share: number | null, what: string): void {
  const words = share === null ? null : `${Math.floor(share * 100)} % · ${what}`;
  useEffect(() => {
    if (words === null) return undefined;
    const before = document.title;
    document.title = words;
    return () => {
      document.title = before;
    };
  }, [words]);
}
