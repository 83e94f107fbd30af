import type { Page } from "@playwright/test";

/** What a page holds once what nobody needs was collected: bytes of its heap, and nodes of its document and of those that left it. */
export async function weigh(page: Page): Promise<{ bytes: number; nodes: number }> {
  const session = await page.context().newCDPSession(page);
  // What has ended with the first collection is let go by the second.
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes } = await session.send("Memory.getDOMCounters");
  await session.detach();
  return { bytes: usedSize, nodes };
}
