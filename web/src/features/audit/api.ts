import type { AuditChain, AuditEvent, TrunklineClient } from "@trunkline/client";
import { at, pagesQuery } from "@/shared/api/pages";
import type { AuditFilter } from "./search";

export type { AuditChain, AuditEvent } from "@trunkline/client";

const MOST = 50;

/** The events that a filter is for, the newest first. */
export const eventsQuery = (client: TrunklineClient, workspaceId: string, filter: AuditFilter) =>
  pagesQuery<AuditEvent>(["audit", workspaceId, filter], (cursor) => client.page("/api/audit", { query: { ...filter, limit: MOST, ...at(cursor) } }));

/** Checks that nobody changed the log behind Trunkline's back. */
export const verifyChain = (client: TrunklineClient): Promise<AuditChain> => client.audit.verify();

/** All events that a filter is for, as a file. That it was made is in the log. */
export const exportEvents = (client: TrunklineClient, filter: AuditFilter, format: "csv" | "json"): Promise<Blob> => client.audit.export({ ...filter, format });
