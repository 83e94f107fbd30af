import { Image, Paper, Stack, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import { AnswerFooter } from "@/shared/answer/AnswerFooter";
import { AnswerParts } from "@/shared/answer/AnswerParts";
import { useRunning } from "@/shared/answer/useRunning";
import { CodeBlock } from "@/shared/ui/CodeBlock";
import { JsonBlock } from "@/shared/ui/JsonBlock";
import { Problem, ToldProblem } from "@/shared/ui/Problem";
import { texts } from "../texts";
import type { Run } from "../useRun";
import { Similarity } from "./Similarity";

interface Made {
  b64_json?: string;
  url?: string;
  embedding?: number[];
}

/** What a request was answered with: as it reads, and as it came. */
export function Answer({ run, inputs }: { run: Run; inputs: readonly string[] }) {
  const view = useRunning(run.answer);
  const live = view.state === "waiting" || view.state === "writing";
  const failed = run.status !== null && run.status >= 400;
  const made = ((run.json as { data?: Made[] } | null)?.data ?? []).filter((each) => typeof each === "object" && each !== null);
  const vectors = made.flatMap((each) => (Array.isArray(each.embedding) ? [each.embedding] : []));
  return (
    <Stack gap="md">
      {run.failure === null ? null : <ToldProblem told={run.failure} />}
      {view.state === "failed" ? <Problem error={view.error} /> : null}
      {(view.parts.length > 0 || live) && !failed ? (
        <Paper withBorder p="md" aria-busy={live}>
          <AnswerParts parts={view.parts} live={live} />
        </Paper>
      ) : null}
      {made.map((each, place) => (each.b64_json ? <Image key={place} src={`data:image/png;base64,${each.b64_json}`} alt={texts.kinds.images} maw={480} radius="sm" /> : null))}
      {vectors.length > 0 ? <Similarity vectors={vectors} inputs={inputs} /> : null}
      {run.file === null ? null : <Sound key={run.file.size} file={run.file} />}
      {view.figures === null || failed ? null : <AnswerFooter figures={{ ...view.figures, costUntold: run.json === null }} stopped={view.state === "stopped"} />}
      {run.raw === "" ? null : (
        <div>
          <Title order={3} fz="md" mb="xs">
            {texts.raw}
          </Title>
          {run.json === null ? <CodeBlock code={run.raw} label={texts.raw} wrap maxHeight={420} /> : <JsonBlock value={run.json} label={texts.raw} wrap maxHeight={420} />}
        </div>
      )}
      {run.headers.length === 0 ? null : (
        <div>
          <Title order={3} fz="md" mb="xs">
            {texts.headers}
          </Title>
          <CodeBlock code={run.headers.map(([name, value]) => `${name}: ${value}`).join("\n")} label={texts.headers} wrap maxHeight={240} />
        </div>
      )}
    </Stack>
  );
}

function Sound({ file }: { file: Blob }) {
  const [source] = useState(() => URL.createObjectURL(file));
  useEffect(() => () => URL.revokeObjectURL(source), [source]);
  // oxlint-disable-next-line jsx-a11y/media-has-caption -- what is said stands in the form.
  return <audio controls src={source} aria-label={texts.kinds.speech} />;
}
