import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { ConfigurationDraft, Status, TrunklineClient, UsageAnswer } from "@trunkline/client";
import { at } from "@/shared/api/pages";
import { type Configuration, readNames } from "@/shared/subjects/configurations";

const PAGE = 100;
const MOST_FIGURES = 1000;
const MOST_HEALTH = 1000;

/** What each configuration was used for in a period: one's own calls, for administrators the workspace's. No calls come with it beyond one. */
export function figuresQuery(client: TrunklineClient, workspaceId: string, period: { from: string; to: string; timeZone: string; interval: "hour" | "day" }) {
  return queryOptions({
    queryKey: ["usage", workspaceId, "configurations", period],
    queryFn: () => client.usage.get({ ...period, by: "configuration", top: MOST_FIGURES, limit: 1 }),
    placeholderData: keepPreviousData,
  });
}

const readExperiments = (client: TrunklineClient) => client.get("/api/experiments", { query: { state: "running", limit: PAGE } });

/** Which configurations have versions that share their traffic, and how. */
export function splitsQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({ queryKey: ["experiments", workspaceId, "splits"], queryFn: () => readExperiments(client), staleTime: 30_000 });
}

/** Without histories, which are thirty times as long: the list shows how each is now. */
async function readStatus(client: TrunklineClient): Promise<Status> {
  let cursor: string | null = null;
  let whole: Status | undefined;
  do {
    const { items, next }: { items: Status; next: string | null } = await client.page("/api/status", { query: { limit: MOST_HEALTH, cells: false, ...at(cursor) } });
    whole = whole === undefined ? items : { ...whole, configurations: [...whole.configurations, ...items.configurations] };
    cursor = next;
  } while (cursor !== null);
  return whole;
}

/** How each of them is and was. */
export function healthQuery(client: TrunklineClient, workspaceId: string) {
  return queryOptions({
    queryKey: ["status", workspaceId, "all"],
    queryFn: () => readStatus(client),
    refetchInterval: 30_000,
  });
}

/** One configuration. */
export function configurationQuery(client: TrunklineClient, workspaceId: string, configurationId: string) {
  return queryOptions({
    queryKey: ["configuration", workspaceId, configurationId],
    queryFn: () => client.get("/api/configurations/{configuration_id}", { path: { configuration_id: configurationId } }),
  });
}

/** What was used through a configuration, by everybody, in a period of the calendar. */
export function configurationUsageQuery(client: TrunklineClient, workspaceId: string, configurationId: string, period: Period) {
  return queryOptions({
    queryKey: ["configuration-usage", workspaceId, configurationId, period],
    queryFn: () => readUsage(client, configurationId, period),
  });
}

const readUsage = (client: TrunklineClient, configurationId: string, period: Period) =>
  client.get("/api/configurations/{configuration_id}/usage", { path: { configuration_id: configurationId }, query: { period } });

/** Its saved states, the newest first. */
export function revisionsQuery(client: TrunklineClient, workspaceId: string, configurationId: string) {
  return queryOptions({
    queryKey: ["revisions", workspaceId, configurationId],
    queryFn: () => readRevisions(client, configurationId),
  });
}

const readRevisions = (client: TrunklineClient, configurationId: string) =>
  client.get("/api/configurations/{configuration_id}/revisions", { path: { configuration_id: configurationId }, query: { limit: PAGE } });

/** Goes back to a saved state, as a new revision, if nobody has changed it meanwhile. */
export function revertConfiguration(client: TrunklineClient, { id, revision }: Configuration, number: number, reason: string) {
  return client.post("/api/configurations/{configuration_id}/revisions/{number}/revert", {
    path: { configuration_id: id, number },
    body: { reason },
    headers: { "if-match": `"${revision}"` },
  });
}

const listProviders = (client: TrunklineClient) => client.get("/api/providers");

/** All providers that there are. */
export function providersQuery(client: TrunklineClient) {
  return queryOptions({ queryKey: ["providers"], queryFn: () => listProviders(client), staleTime: Number.POSITIVE_INFINITY });
}

/** The JSON Schema of a provider's settings. */
export function schemaQuery(client: TrunklineClient, provider: string) {
  return queryOptions({
    queryKey: ["provider-schema", provider],
    queryFn: () => client.get("/api/providers/{name}/schema", { path: { name: provider } }),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: provider !== "",
  });
}

const listTemplates = (client: TrunklineClient, provider: string) => client.get("/api/providers/{name}/templates", { path: { name: provider } });

/** Settings to begin with. */
export function templatesQuery(client: TrunklineClient, workspaceId: string, provider: string) {
  return queryOptions({
    queryKey: ["templates", workspaceId, provider],
    queryFn: () => listTemplates(client, provider),
    enabled: provider !== "",
  });
}

const listModels = (client: TrunklineClient, provider: string, draft: ConfigurationDraft) =>
  client.post("/api/providers/{name}/models", { path: { name: provider }, body: draft });

/**
 * A provider's models: live by a draft's own key where `draft` makes one, else by a configuration's, else from the catalogue.
 * `stamp` changes with whatever the answer depends on; it is no secret.
 */
export function modelsQuery(client: TrunklineClient, workspaceId: string, provider: string, stamp: string, draft?: () => Promise<ConfigurationDraft>) {
  return queryOptions({
    queryKey: ["provider-models", workspaceId, provider, stamp],
    queryFn: async () =>
      draft === undefined
        ? client.get("/api/providers/{name}/models", { path: { name: provider }, query: stamp === "" ? {} : { configurationId: stamp } })
        : listModels(client, provider, await draft()),
    staleTime: 600_000,
    enabled: provider !== "",
  });
}

const previewRequest = (client: TrunklineClient, provider: string, draft: ConfigurationDraft) =>
  client.post("/api/providers/{name}/preview", { path: { name: provider }, body: draft });

/** The request that a call would become with these settings. */
export function previewQuery(client: TrunklineClient, provider: string, draft: ConfigurationDraft) {
  return queryOptions({
    queryKey: ["request-preview", provider, draft],
    queryFn: () => previewRequest(client, provider, draft),
    enabled: provider !== "",
    retry: false,
    staleTime: 60_000,
  });
}

const readJob = (client: TrunklineClient, jobId: string) => client.get("/api/jobs/{job_id}", { path: { job_id: jobId } });
const JOB_MS = 700;

/** A download, as it goes on. */
export function jobQuery(client: TrunklineClient, workspaceId: string, jobId: string) {
  return queryOptions({
    queryKey: ["job", workspaceId, jobId],
    queryFn: () => readJob(client, jobId),
    refetchInterval: (query) => (query.state.data?.finishedAt ? false : JOB_MS),
    enabled: jobId !== "",
  });
}

/** Servers that were found on the machine that Trunkline runs on. */
export function serversQuery(client: TrunklineClient, provider: string) {
  return queryOptions({
    queryKey: ["found-servers", provider],
    queryFn: () => client.get("/api/providers/{name}/servers", { path: { name: provider } }),
    staleTime: 60_000,
  });
}

/** What would no longer work without a configuration, by name. */
export async function findDependents(client: TrunklineClient, configuration: Configuration): Promise<{ kind: "route" | "application" | "borrower"; name: string }[]> {
  const [routes, applications, configurations] = await Promise.all([
    client.get("/api/routes", { query: { limit: PAGE } }),
    client.get("/api/applications", { query: { limit: PAGE } }),
    readNames(client),
  ]);
  const credential = configuration.apiKeyInfo?.credentialId;
  return [
    ...routes
      .filter((route) => route.targets.some((target) => target.configurationId === configuration.id))
      .map(({ name }) => ({ kind: "route" as const, name })),
    ...applications
      .filter((application) => application.defaultConfigurationId === configuration.id)
      .map(({ name }) => ({ kind: "application" as const, name })),
    ...configurations
      .filter((each) => credential !== undefined && each.lenderId === credential)
      .map(({ name }) => ({ kind: "borrower" as const, name })),
  ];
}

export const PERIODS = ["day", "week", "month", "all"] as const;
export type Period = (typeof PERIODS)[number];
export type { Configuration };
export type Figures = UsageAnswer;
export type Splits = Awaited<ReturnType<typeof readExperiments>>;
export type ConfigurationUsage = Awaited<ReturnType<typeof readUsage>>;
export type Provider = Awaited<ReturnType<typeof listProviders>>[number];
export type Template = Awaited<ReturnType<typeof listTemplates>>[number];
export type ModelList = Awaited<ReturnType<typeof listModels>>;
export type Model = ModelList["models"][number];
export type Preview = Awaited<ReturnType<typeof previewRequest>>;
export type Job = Awaited<ReturnType<typeof readJob>>;
export type TestResult = Awaited<ReturnType<typeof testConfiguration>>;

/** Ask its provider whether a saved configuration works. */
export const testConfiguration = (client: TrunklineClient, configurationId: string) =>
  client.post("/api/configurations/{configuration_id}/test", { path: { configuration_id: configurationId }, query: { force: true } });
