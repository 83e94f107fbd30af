import type { TestStage } from "@trunkline/client";

/** The five stages that people follow; the network's are told as two. */
const STAGES = ["name", "connection", "key", "models", "call"] as const;
export type StageKind = (typeof STAGES)[number];

const KIND_OF: Record<string, StageKind> = {
  dns: "name", tcp: "connection", tls: "connection", auth: "key", models: "models", stream: "call", embeddings: "call",
};

/** How one of the five stands. `skipped`: it does not apply to this provider. */
export interface StageRow {
  kind: StageKind;
  state: "waiting" | "running" | "good" | "bad" | "skipped";
  ms: number | null;
  message: string;
}

/** The five, from what has ended so far. */
export function stageRows(stages: TestStage[], running: boolean): StageRow[] {
  const kinds = stages.map((stage) => KIND_OF[stage.name]);
  const furthest = Math.max(-1, ...kinds.map((kind) => (kind === undefined ? -1 : STAGES.indexOf(kind))));
  const failed = stages.some((stage) => !stage.ok);
  let active = running && !failed;
  return STAGES.map((kind, index): StageRow => {
    const own = stages.filter((stage) => KIND_OF[stage.name] === kind);
    if (own.length > 0) {
      const measured = own.filter((stage) => stage.ms !== null);
      return {
        kind,
        state: own.every((stage) => stage.ok) ? "good" : "bad",
        ms: measured.length === 0 ? null : measured.reduce((sum, stage) => sum + (stage.ms ?? 0), 0),
        message: own.map((stage) => stage.message).join(" "),
      };
    }
    if (index < furthest || (!running && stages.length > 0 && !failed)) return { kind, state: "skipped", ms: null, message: "" };
    const state = active ? "running" : "waiting";
    active = false;
    return { kind, state, ms: null, message: "" };
  });
}

/** The stage that failed, of the five and as it was told. */
export function failureOf(stages: TestStage[]): { kind: StageKind; stage: TestStage } | null {
  const stage = stages.find((each) => !each.ok);
  return stage === undefined ? null : { kind: KIND_OF[stage.name] ?? "call", stage };
}

const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$/;

/** The address to try where `baseUrl` names this very machine, which inside a container is the container; null elsewhere. */
export function containerAddress(baseUrl: string): string | null {
  if (!URL.canParse(baseUrl)) return null;
  const url = new URL(baseUrl);
  if (!LOCAL.test(url.hostname)) return null;
  url.hostname = "host.docker.internal";
  return url.href.replace(/\/$/, "");
}

const OWN_NETWORK = /^(localhost|host\.docker\.internal|[^.]+|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+|.*\.(local|internal|lan))$/i;

/** What to write in front of an address without a scheme: servers of the own network rarely have a certificate. */
export function schemeFor(address: string): "http://" | "https://" {
  const [host = ""] = address.trim().split(/[:/]/);
  return OWN_NETWORK.test(host) ? "http://" : "https://";
}
