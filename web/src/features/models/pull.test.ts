import { expect, test } from "vitest";
import type { Job } from "./api";
import { bytes, progressOf } from "./pull";

const job = (completed: number, total: number) => ({ progress: { completed, total } }) as unknown as Job;

test("the share is of what is known, and never more than all", () => {
  expect(progressOf(job(0, 0), null, 0).share).toBeNull();
  expect(progressOf(job(50, 200), null, 0).share).toBe(0.25);
  expect(progressOf(job(300, 200), null, 0).share).toBe(1);
});

test("rate and time left come from two moments", () => {
  const progress = progressOf(job(3000, 9000), { at: 1000, completed: 1000 }, 3000);
  expect(progress.rate).toBe(1000);
  expect(progress.secondsLeft).toBe(6);
  expect(progressOf(job(1000, 9000), { at: 1000, completed: 1000 }, 3000).rate).toBeNull();
});

test.each([
  [512, "512 B"],
  [1_500, "1.5 kB"],
  [4_700_000_000, "4.7 GB"],
  [123_456_789, "123 MB"],
])("%d bytes are %s", (value, words) => {
  expect(bytes(value)).toBe(words);
});
