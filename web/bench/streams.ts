import type { Page } from "@playwright/test";
import type { Bench } from "./bench.ts";
import { weigh } from "../tests/memory.ts";
import { measure } from "./stopwatch.ts";

const RATE = 200;
const SECONDS = 20;
const SENTENCE = "The quick brown fox jumps over the lazy dog. ";
/** Between two keys: somebody who types fast. */
const KEY_MS = 60;

/** An hour of streaming, in long answers. They come fast, many tokens in a piece, so that it takes minutes. */
const TOKENS = RATE * 3_600;
const ANSWERS = 40;
const FAST = 20_000;
const PIECE = 20;
/** The heap is weighed after so many answers. */
const WEIGHED = 10;
/** So long a conversation is kept that is not shown, and a little more. */
const KEPT_MS = 75_000;
const PATIENCE_MS = 300_000;

const field = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });

/** The policies that fill a page do not let every call pass. */
export async function removePolicies({ ask }: Bench): Promise<void> {
  const { policies } = await ask<{ policies: { id: string }[] }>("GET", "/policy");
  for (const { id } of policies) await ask("DELETE", `/policy/${id}`);
}

/** Opens a new conversation, as somebody does who goes on in the same tab. */
async function begin(page: Page, tokens: number, rate: number, piece = 1): Promise<void> {
  await field(page).fill(`tokens=${tokens} rate=${rate} piece=${piece}`);
  await field(page).press("Enter");
  await page.waitForURL(/\/chat\/[0-9a-f-]{36}/);
}

async function ended(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Regenerate" }).waitFor({ timeout: PATIENCE_MS });
}

/** Types while an answer is written at 200 tokens a second. */
export async function measureTyping({ page, url, pid, say }: Bench): Promise<void> {
  await page.goto(`${url}/console/chat?model=bench`);
  await field(page).waitFor();
  await begin(page, 10, RATE);
  await ended(page);
  const cost = await measure(page, pid, async () => {
    await field(page).fill(`tokens=${RATE * SECONDS} rate=${RATE} piece=1`);
    await field(page).press("Enter");
    await field(page).pressSequentially(SENTENCE.repeat(5), { delay: KEY_MS, timeout: PATIENCE_MS });
    await page.getByRole("button", { name: "Regenerate" }).nth(1).waitFor({ timeout: PATIENCE_MS });
  });
  say({ what: "typing", name: `while ${RATE} tokens/s come for ${SECONDS} s`, ...cost });
}

/** Has answers written, one conversation after another in the same tab, and weighs the heap between them. */
export async function measureHeap({ page, url, say }: Bench): Promise<void> {
  const each = TOKENS / ANSWERS;
  await page.goto(`${url}/console/chat?model=bench`);
  for (let answer = 0; answer <= ANSWERS; answer += 1) {
    await field(page).waitFor();
    if (answer % WEIGHED === 0) say({ what: "heap", name: `after ${(answer * each).toLocaleString("en")} tokens`, bytes: (await weigh(page)).bytes });
    if (answer === ANSWERS) break;
    await begin(page, each, FAST, PIECE);
    await ended(page);
    await page.getByRole("link", { name: "New conversation" }).click();
    await page.waitForURL(/\/chat(\?|$)/);
  }
  await page.waitForTimeout(KEPT_MS);
  say({ what: "heap", name: "and over a minute later", bytes: (await weigh(page)).bytes });
}
