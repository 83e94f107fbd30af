import { queryOptions } from "@tanstack/react-query";
import type { TrunklineClient } from "@trunkline/client";
import { at, pagesQuery } from "@/shared/api/pages";

const MOST = 100;

const readSettings = (client: TrunklineClient) => client.get("/api/settings");

export type Setting = Awaited<ReturnType<typeof readSettings>>["settings"][number];
export type Retention = Awaited<ReturnType<TrunklineClient["retention"]["get"]>>;
export type RetentionChange = Parameters<TrunklineClient["retention"]["update"]>[0];
export type Capture = Awaited<ReturnType<TrunklineClient["capture"]["get"]>>;
export type CaptureChange = Parameters<TrunklineClient["capture"]["update"]>[0];
export type Price = Awaited<ReturnType<TrunklineClient["prices"]["get"]>>;

/** The settings of the installation: for its administrator. */
export const settingsQuery = (client: TrunklineClient) => queryOptions({ queryKey: ["settings"], queryFn: async (): Promise<Setting[]> => (await readSettings(client)).settings });

/** How long things are kept in the workspace. */
export const retentionQuery = (client: TrunklineClient, id: string) => queryOptions({ queryKey: ["retention", id], queryFn: () => client.retention.get() });

/** What is kept of the content of calls. */
export const captureQuery = (client: TrunklineClient, id: string) => queryOptions({ queryKey: ["capture", id], queryFn: () => client.capture.get() });

/** How the response cache stands. */
export const cacheQuery = (client: TrunklineClient, id: string) => queryOptions({ queryKey: ["cache", id], queryFn: () => client.get("/api/cache") });

/** The workspace's own prices. */
export const pricesQuery = (client: TrunklineClient, id: string) => pagesQuery<Price>(["prices", id], (cursor) => client.page("/api/prices", { query: { limit: MOST, ...at(cursor) } }));

/** A price of the workspace's own. */
export interface PriceDraft {
  provider: string;
  model: string;
  prices: Record<string, number>;
  note: string;
}

export const updateRetention = (client: TrunklineClient, change: RetentionChange): Promise<Retention> => client.retention.update(change);
export const updateCapture = (client: TrunklineClient, change: CaptureChange): Promise<Capture> => client.capture.update(change);
export const createPrice = (client: TrunklineClient, draft: PriceDraft): Promise<Price> => client.post("/api/prices", { body: draft });

/** Deletes what was captured in the workspace. */
export async function eraseCapture(client: TrunklineClient): Promise<void> {
  await client.delete("/api/capture");
}

/** Deletes all kept responses of the workspace. */
export async function clearCache(client: TrunklineClient): Promise<void> {
  await client.delete("/api/cache");
}

/** That of the list counts again. */
export async function deletePrice(client: TrunklineClient, id: string): Promise<void> {
  await client.delete("/api/prices/{price_id}", { path: { price_id: id } });
}
