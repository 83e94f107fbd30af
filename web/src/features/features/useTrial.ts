import { useEffect, useRef, useState } from "react";
import { follow, RunningAnswer } from "@/shared/answer/running";
import { useWorkspace } from "@/shared/workspace";
import type { FeatureChange } from "./api";
import { texts } from "./texts";

/** Tries a feature with settings that are not saved. One trial at a time; leaving stops it. */
export function useTrial(slug: string) {
  const { client } = useWorkspace();
  const [answer, setAnswer] = useState<RunningAnswer | null>(null);
  const [running, setRunning] = useState(false);
  const stopping = useRef<AbortController | null>(null);
  useEffect(() => () => stopping.current?.abort(), []);

  const run = async (input: string, settings: () => Promise<FeatureChange>): Promise<void> => {
    stopping.current?.abort();
    const control = new AbortController();
    stopping.current = control;
    const made = new RunningAnswer();
    setAnswer(made);
    setRunning(true);
    try {
      const given = await settings();
      await follow(
        made,
        async function* () {
          for await (const event of client.conversations.test(slug, { input, settings: given }, { signal: control.signal })) {
            yield event.type === "vector"
              ? { id: "", type: "delta" as const, text: texts.vector(event.dimensions, event.first.map((value) => value.toFixed(4)).join(", ")) }
              : { ...event, id: "" };
          }
        },
        { signal: control.signal },
      );
    } catch (error) {
      made.fail(error);
    }
    if (stopping.current === control) setRunning(false);
  };
  const stop = (): void => {
    stopping.current?.abort();
    answer?.stopped();
    setRunning(false);
  };
  return { answer, running, run, stop };
}
