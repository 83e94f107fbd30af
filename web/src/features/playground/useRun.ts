import { useEffect, useRef, useState } from "react";
import { readEvents } from "@trunkline/client";
import { RunningAnswer } from "@/shared/answer/running";
import { callModel } from "@/shared/api/client";
import { useWorkspace } from "@/shared/workspace";
import { brokenOff, type Failure, failureOf } from "./failure";
import { outputTokensOf, textOf } from "./readText";

/** Characters of a raw answer that are shown. */
const SHOWN = 200_000;

/** What has come of a request. */
export interface Run {
  answer: RunningAnswer;
  status: number | null;
  headers: [string, string][];
  raw: string;
  /** The answer as JSON, where it is that. */
  json: unknown;
  /** Sound, where that was asked for. */
  file: Blob | null;
  /** Why there is no answer, or no whole one, where that was told. */
  failure: Failure | null;
}

/** Sends one request at a time, as a program would. Leaving the page stops it. */
export function useRun() {
  const { id } = useWorkspace();
  const [run, setRun] = useState<Run | null>(null);
  const [running, setRunning] = useState(false);
  const stopping = useRef<AbortController | null>(null);
  useEffect(() => () => stopping.current?.abort(), []);

  const start = async (path: string, body: object | FormData): Promise<void> => {
    stopping.current?.abort();
    const control = new AbortController();
    stopping.current = control;
    const answer = new RunningAnswer();
    let now: Run = { answer, status: null, headers: [], raw: "", json: null, file: null, failure: null };
    const tell = (change: Partial<Run>): void => {
      now = { ...now, ...change };
      if (stopping.current === control) setRun(now);
    };
    tell({});
    setRunning(true);
    const begun = performance.now();
    try {
      const response = await callModel(id, path, body, control.signal);
      tell({ status: response.status, headers: [...response.headers].filter(([name]) => name.startsWith("x-") || name === "content-type") });
      await read(response, answer, tell, begun);
    } catch (error) {
      if (!control.signal.aborted) answer.fail(error);
    }
    if (stopping.current === control) setRunning(false);
  };
  const stop = (): void => {
    stopping.current?.abort();
    run?.answer.stopped();
    setRunning(false);
  };
  return { run, running, start, stop };
}

async function read(response: Response, answer: RunningAnswer, tell: (change: Partial<Run>) => void, begun: number): Promise<void> {
  const kind = response.headers.get("content-type") ?? "";
  let tokens: number | null = null;
  let first: number | null = null;
  if (kind.startsWith("text/event-stream") && response.body !== null) {
    let raw = "";
    for await (const { event, data } of readEvents(response.body)) {
      raw += `${event === "message" ? "" : `event: ${event}\n`}data: ${data}\n\n`;
      const told = parse(data);
      const failure = brokenOff(told);
      if (failure !== null) tell({ failure });
      const text = textOf(told);
      tokens = outputTokensOf(told) ?? tokens;
      if (text === "") continue;
      first ??= performance.now() - begun;
      answer.take({ id: "", type: "delta", text });
    }
    tell({ raw: raw.length > SHOWN ? raw.slice(0, SHOWN) : raw });
  } else if (kind.startsWith("audio/")) {
    tell({ file: await response.blob() });
  } else {
    const raw = await response.text();
    const json = parse(raw);
    tell({ raw: raw.length > SHOWN ? raw.slice(0, SHOWN) : raw, json });
    tokens = outputTokensOf(json);
    const text = textOf(json) || (kind.startsWith("text/") ? raw : String((json as { text?: unknown } | null)?.text ?? ""));
    if (!response.ok) tell({ failure: failureOf(response.status, json) });
    if (text !== "" && response.ok) answer.take({ id: "", type: "delta", text });
  }
  const cost = Number.parseFloat(response.headers.get("x-trunkline-cost-usd") ?? "");
  answer.take({
    id: "",
    type: "done",
    finishReason: null,
    usage: tokens === null ? null : { outputTokens: tokens },
    costUSD: Number.isNaN(cost) ? null : cost,
    firstTokenMs: first,
    durationMs: performance.now() - begun,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
