import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { AlertChannel, AlertFilter, AlertRule, CreateAlertRuleRequest, TrunklineClient, UpdateAlertRuleRequest } from "@trunkline/client";
import { at, readAll } from "@/shared/api/pages";
import type { Saved } from "@/shared/revisions/useConflicts";
import { readNames } from "@/shared/subjects/configurations";
import { useWorkspace } from "@/shared/workspace";
import { type ChannelFields, channelChange, newChannel } from "./channelForm";
import type { Subject } from "./kinds";

const AGAIN_MS = 5_000;
const PAGE = 100;
const DAYS = 7;

/** Alerts, the newest first. */
export function alertsQuery(client: TrunklineClient, workspaceId: string, filter: NonNullable<AlertFilter>) {
  return queryOptions({ queryKey: ["alerts", workspaceId, "list", filter], queryFn: () => client.alerts.list({ ...filter, limit: PAGE }) });
}

/** Rules: those that every workspace has, then the others. */
export function rulesQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ queryKey: ["alerts", workspaceId, "rules"], queryFn: () => client.alerts.rules.list({ limit: PAGE }) });
}

/** Channels. */
export function channelsQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ queryKey: ["alerts", workspaceId, "channels"], queryFn: () => client.alerts.channels.list({ limit: PAGE }) });
}

/** What was sent to channels. */
export function deliveriesQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ queryKey: ["alerts", workspaceId, "deliveries"], queryFn: () => client.alerts.channels.deliveries({ limit: PAGE }), refetchInterval: AGAIN_MS });
}

/** When a rule would have fired in the last days. */
export function previewQuery(client: TrunklineClient, workspaceId: string, rule: CreateAlertRuleRequest) {
  return queryOptions({
    queryKey: ["alerts", workspaceId, "preview", rule],
    queryFn: () => client.alerts.rules.preview({ ...rule, days: DAYS }),
    retry: false,
  });
}

/** What a rule can be narrowed to. */
export function subjectsQuery(client: TrunklineClient, workspaceId: string, subject: Subject | "") {
  return queryOptions({
    queryKey: ["alerts", workspaceId, "subjects", subject],
    enabled: subject !== "",
    queryFn: async (): Promise<{ value: string; label: string }[]> => {
      switch (subject) {
        case "budget":
          return (await readAll((cursor) => client.page("/api/budgets", { query: { limit: PAGE, ...at(cursor) } }))).map((each) => ({ value: each.id, label: each.name }));
        case "key":
          return (await readAll((cursor) => client.page("/api/keys", { query: { limit: PAGE, ...at(cursor) } }))).map((each) => ({ value: each.id, label: each.name }));
        case "policy":
          return (await client.get("/policy", { query: { workspaceId } })).policies.map((each) => ({ value: each.id, label: each.name }));
        case "provider": {
          const providers = (await readNames(client)).map((each) => each.provider);
          return [...new Set(providers)].toSorted().map((each) => ({ value: each, label: each }));
        }
        default:
          return (await readNames(client)).map((each) => ({ value: each.id, label: each.name }));
      }
    },
  });
}

/** Everything that is changed here. Each has all of it read anew. */
export function useAlertChanges() {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: ["alerts", id] });
  const { alerts } = client;
  return {
    acknowledge: useMutation({ mutationFn: (alertId: string) => alerts.acknowledge(alertId), onSuccess }),
    /** Fails with 412 where somebody else changed it meanwhile. */
    saveRule: useMutation({
      mutationFn: ({ draft: body, onto }: Saved<AlertRule, CreateAlertRuleRequest>) =>
        onto === null
          ? alerts.rules.create(body)
          : client.put("/api/alerts/rules/{rule_id}", { path: { rule_id: onto.id }, headers: { "if-match": `"${onto.revision}"` }, body: body as UpdateAlertRuleRequest }),
      onSuccess,
    }),
    switchRule: useMutation({ mutationFn: ({ ruleId, enabled }: { ruleId: string; enabled: boolean }) => alerts.rules.update(ruleId, { enabled }), onSuccess }),
    removeRule: useMutation({ mutationFn: (ruleId: string) => alerts.rules.delete(ruleId), onSuccess }),
    /** The secret that was made for a new webhook is told this once. Fails with 412 where somebody else changed it meanwhile. */
    saveChannel: useMutation({
      mutationFn: async ({ draft, onto }: Saved<AlertChannel, ChannelFields>): Promise<{ secret: string | null }> => {
        if (onto === null) return alerts.channels.create(newChannel(draft));
        await client.put("/api/alerts/channels/{channel_id}", { path: { channel_id: onto.id }, headers: { "if-match": `"${onto.revision}"` }, body: channelChange(onto, draft) });
        return { secret: null };
      },
      onSuccess,
    }),
    testChannel: useMutation({ mutationFn: (channelId: string) => alerts.channels.test(channelId), onSuccess }),
    removeChannel: useMutation({ mutationFn: (channelId: string) => alerts.channels.delete(channelId), onSuccess }),
  };
}

/** Reads the alerts anew whenever one fires, is acknowledged or is resolved; follows again when the stream ends. */
export function useLiveAlerts(): void {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    const reread = (): void => {
      void queries.invalidateQueries({ queryKey: ["alerts", id, "list"] });
      void queries.invalidateQueries({ queryKey: ["counts", id] });
    };
    const follow = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        try {
          for await (const _ of client.alerts.follow({ signal: stop.signal, ready: reread })) reread();
        } catch {
          // The list itself says what is wrong; here it is only tried again.
        }
        await new Promise((go) => setTimeout(go, AGAIN_MS));
      }
    };
    void follow();
    return () => stop.abort();
  }, [client, id, queries]);
}

export type { Alert, AlertChannel, AlertDelivery, AlertRule } from "@trunkline/client";
