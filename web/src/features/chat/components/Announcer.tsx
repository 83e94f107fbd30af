import { VisuallyHidden } from "@mantine/core";
import { useEffect, useState } from "react";
import type { RunningAnswer } from "@/shared/answer/running";
import { texts } from "../texts";

const ENDS = { complete: texts.ended, stopped: texts.stopped, failed: texts.failed } as const;

/** Tells screen readers that an answer has begun and that it has ended, and nothing between. */
export function Announcer({ running }: { running: RunningAnswer | null }) {
  const [words, setWords] = useState("");
  useEffect(() => {
    if (running === null) return undefined;
    const look = (): void => {
      const { state } = running.read();
      setWords(state === "waiting" ? "" : state === "writing" ? texts.begun : ENDS[state]);
    };
    look();
    return running.subscribe(look);
  }, [running]);
  return (
    <VisuallyHidden component="output" aria-live="polite">
      {words}
    </VisuallyHidden>
  );
}
