import { expect, test, vi } from "vitest";
import { type AnswerEvent, TrunklineError } from "@trunkline/client";
import { follow, RunningAnswer } from "./running";

/** Frames that come when the test says so. */
function handClock() {
  const frames: (() => void)[] = [];
  let time = 0;
  return {
    clock: { frame: (run: () => void) => void frames.push(run), now: () => time },
    waiting: () => frames.length,
    tick(milliseconds = 16) {
      time += milliseconds;
      for (const run of frames.splice(0)) run();
    },
  };
}

const START: AnswerEvent = { id: "m:0", type: "start", requestId: "r", conversationId: "c", messageId: "m", model: "x" };
const say = (at: number, text: string): AnswerEvent => ({ id: `m:${at}`, type: "delta", text });
const DONE: AnswerEvent = {
  id: "m:9", type: "done", finishReason: "stop", usage: { outputTokens: 96 }, costUSD: 0.0004, firstTokenMs: 412, durationMs: 2900,
};

const textOf = (answer: RunningAnswer) => answer.read().parts.map((part) => ("text" in part ? part.text : part.url)).join("");

test("a hundred events between two frames are one change", () => {
  const { clock, tick, waiting } = handClock();
  const answer = new RunningAnswer(clock);
  const heard = vi.fn<() => void>();
  answer.subscribe(heard);
  for (let each = 0; each < 100; each += 1) answer.take(say(each, "word "));
  expect(heard).toHaveBeenCalledTimes(0);
  expect(waiting()).toBe(1);
  tick();
  expect(heard).toHaveBeenCalledTimes(1);
});

test("what comes in a burst is written out over some frames, in its order, and nothing is lost", () => {
  const { clock, tick } = handClock();
  const answer = new RunningAnswer(clock);
  const text = "A text that came at once, with 🌳 in it. ".repeat(8);
  answer.take(say(1, text));
  tick();
  const first = textOf(answer);
  expect(first.length).toBeLessThan(text.length / 3);
  expect(text.startsWith(first)).toBe(true);
  for (let frame = 0; frame < 60; frame += 1) {
    tick();
    expect(textOf(answer)).not.toMatch(/[\uD800-\uDBFF]$/);
  }
  expect(textOf(answer)).toBe(text);
});

test("the end shows what still waits, and the server's own figures", () => {
  const { clock } = handClock();
  const answer = new RunningAnswer(clock);
  answer.take(START);
  answer.take({ id: "m:1", type: "reasoning", text: "Hm. " });
  answer.take(say(8, "Yes."));
  answer.take(DONE);
  const view = answer.read();
  expect(view.parts).toEqual([{ type: "reasoning", text: "Hm. " }, { type: "text", text: "Yes." }]);
  expect(view.figures).toEqual({ outputTokens: 96, costUSD: 0.0004, firstTokenMs: 412, durationMs: 2900 });
  expect([view.state, view.model, answer.ended]).toEqual(["complete", "x", true]);
});

test("a stop is told apart from an end, and a failure keeps what had come", () => {
  const stopped = new RunningAnswer(handClock().clock);
  stopped.take({ ...DONE, finishReason: "stopped" } as AnswerEvent);
  expect(stopped.read().state).toBe("stopped");
  const failed = new RunningAnswer(handClock().clock);
  failed.take(say(3, "Half"));
  failed.take({ id: "m:4", type: "error", code: "TIMEOUT", message: "Too slow.", retryable: true });
  expect([failed.read().state, textOf(failed)]).toEqual(["failed", "Half"]);
});

test("what is seen changes 25 times a second at most, so that what shows it can keep up", () => {
  const { clock, tick } = handClock();
  const answer = new RunningAnswer(clock);
  const heard = vi.fn<() => void>();
  answer.subscribe(heard);
  for (let milliseconds = 0; milliseconds < 1_000; milliseconds += 5) {
    answer.take(say(1, "word "));
    tick(5);
  }
  expect(heard.mock.calls.length).toBe(25);
  // Of 1,000 characters, so few wait.
  expect(textOf(answer).length).toBeGreaterThan(800);
});

test("a long answer changes less often", () => {
  const { clock, tick } = handClock();
  const answer = new RunningAnswer(clock);
  answer.take(say(1, "x".repeat(60_000)));
  tick();
  const heard = vi.fn<() => void>();
  answer.subscribe(heard);
  for (let frame = 0; frame < 60; frame += 1) {
    answer.take(say(2, "y"));
    tick();
  }
  expect(heard.mock.calls.length).toBeLessThan(12);
});

test("a lost connection is made again behind the last event", async () => {
  const answer = new RunningAnswer(handClock().clock);
  const asked: (string | undefined)[] = [];
  async function* open(last: string | undefined) {
    asked.push(last);
    if (last === undefined) {
      yield START;
      yield say(2, "He");
      throw new TypeError("network");
    }
    yield say(5, "llo");
    yield DONE;
  }
  await follow(answer, open, { wait: async () => expect(answer.read().lost).toBe(true) });
  expect(asked).toEqual([undefined, "m:2"]);
  expect([textOf(answer), answer.read().state, answer.read().lost]).toEqual(["Hello", "complete", false]);
});

test("what fails before it begins, and what the server refuses, is not tried again", async () => {
  for (const error of [new TypeError("network"), new TrunklineError(409, { message: "busy" }, new Headers())]) {
    const answer = new RunningAnswer(handClock().clock);
    let opened = 0;
    await follow(answer, () => {
      opened += 1;
      throw error;
    });
    expect(opened).toBe(1);
    expect(answer.read().error).toBe(error);
  }
});

test("who leaves hears no failure", async () => {
  const answer = new RunningAnswer(handClock().clock);
  const leaving = new AbortController();
  await follow(
    answer,
    async function* () {
      yield START;
      leaving.abort();
      throw new DOMException("aborted", "AbortError");
    },
    { signal: leaving.signal },
  );
  expect(answer.read().state).toBe("waiting");
});
