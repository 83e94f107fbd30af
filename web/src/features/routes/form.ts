import type { Difference } from "@/shared/revisions/differences";
import type { Route, RouteBody } from "./api";
import { texts } from "./texts";

const words = texts.problems;

export const STRATEGIES = ["priority", "weighted", "round-robin", "least-busy", "cheapest", "fastest"] as const;
export type Strategy = (typeof STRATEGIES)[number];
export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Day = (typeof DAYS)[number];
export const HEDGES = ["never", "adaptive", "fixed"] as const;
/** When an embeddings request is sent to the next target, too: never, after what is usual, or after a time. */
export type Hedge = (typeof HEDGES)[number];
export const SERVES = ["first", "later", "contextWindow", "contentFilter"] as const;
/** When a target serves: with the first ones, when those cannot, or only for what they refuse. */
export type Serves = (typeof SERVES)[number];

/** For which calls something is. Empty texts set no condition. */
export interface ConditionValues {
  minInputTokens: number | null;
  maxInputTokens: number | null;
  tags: string[];
  modelFamilies: string[];
  /** What a request's `metadata` must hold, as `name=value`. */
  metadata: string[];
  start: string;
  end: string;
  timeZone: string;
  /** On which days it starts; none: every day. */
  days: Day[];
}

/** A target as the form holds it. `key` tells rows apart. */
export interface TargetValues extends ConditionValues {
  key: string;
  configurationId: string;
  /** What it was called when the route was read. */
  configurationName: string;
  model: string;
  serves: Serves;
  /** From 1: those of a lower one are tried first. */
  order: number;
  weight: number;
}

/** A route as the form holds it. */
export interface RouteValues {
  name: string;
  strategy: Strategy;
  isActive: boolean;
  targets: TargetValues[];
  conditions: ConditionValues;
  /** The route or configuration for calls that do not fulfil them; empty: none. */
  otherwiseId: string;
  /** What it was called when the route was read. */
  otherwiseName: string;
  /** Seconds for which responses are kept; null: never. */
  cacheSeconds: number | null;
  cacheScope: "user" | "workspace";
  cacheTools: boolean;
  /** What makes vectors of questions, so that those that mean the same are answered the same; empty: none. */
  cacheModel: string;
  cacheThreshold: number;
  hedge: Hedge;
  hedgeMs: number;
  /** The priority of the targets that go first. */
  lowest: number;
  reason: string;
}

const NO_CONDITIONS: ConditionValues = { minInputTokens: null, maxInputTokens: null, tags: [], modelFamilies: [], metadata: [], start: "", end: "", timeZone: "", days: [] };
const USUAL_THRESHOLD = 0.95;
const USUAL_HEDGE_MS = 300;

let made = 0;

/** A target that leads nowhere yet. */
export function newTarget(serves: Serves = "first"): TargetValues {
  made += 1;
  return { ...NO_CONDITIONS, key: `target-${made}`, configurationId: "", configurationName: "", model: "", serves, order: 1, weight: 1 };
}

const NEW: RouteValues = {
  name: "",
  strategy: "priority",
  isActive: true,
  targets: [],
  conditions: NO_CONDITIONS,
  otherwiseId: "",
  otherwiseName: "",
  cacheSeconds: null,
  cacheScope: "user",
  cacheTools: false,
  cacheModel: "",
  cacheThreshold: USUAL_THRESHOLD,
  hedge: "never",
  hedgeMs: USUAL_HEDGE_MS,
  lowest: 0,
  reason: "",
};

/** What the form begins with: a saved route, or nothing. */
export function valuesOf(route?: Route): RouteValues {
  if (route === undefined) return { ...NEW, targets: [newTarget()] };
  const { caching, hedging } = route;
  const lowest = Math.min(...route.targets.map((target) => target.priority));
  return {
    ...NEW,
    name: route.name,
    strategy: route.strategy,
    isActive: route.isActive,
    conditions: readConditions(route.conditions),
    otherwiseId: route.otherwiseId ?? "",
    otherwiseName: route.otherwiseName ?? "",
    ...(caching === null ? {} : { cacheSeconds: caching.ttlSeconds, cacheScope: caching.scope, cacheTools: caching.withTools }),
    ...(caching?.semantic ? { cacheModel: caching.semantic.model, cacheThreshold: caching.semantic.threshold } : {}),
    ...(hedging === null ? {} : hedging.afterMs === null ? { hedge: "adaptive" } : { hedge: "fixed", hedgeMs: hedging.afterMs }),
    lowest,
    targets: route.targets.map((target) => ({
      ...newTarget(target.fallbackFor ?? (target.priority > lowest ? "later" : "first")),
      ...readConditions(target.conditions),
      configurationId: target.configurationId,
      configurationName: target.configurationName,
      model: target.model ?? "",
      order: target.priority - lowest + 1,
      weight: target.weight,
    })),
  };
}

function readConditions(conditions: Route["conditions"]): ConditionValues {
  if (conditions === null) return NO_CONDITIONS;
  return {
    minInputTokens: conditions.minInputTokens,
    maxInputTokens: conditions.maxInputTokens,
    tags: conditions.tags,
    modelFamilies: conditions.modelFamilies,
    metadata: Object.entries(conditions.metadata).map(([name, value]) => `${name}=${value}`),
    start: conditions.hours?.start ?? "",
    end: conditions.hours?.end ?? "",
    timeZone: conditions.hours?.timeZone ?? "",
    days: conditions.hours?.days ?? [],
  };
}

/** What is wrong with a route, by field; empty when nothing is. */
export function problemsOf(values: RouteValues): Record<string, string> {
  const problems: Record<string, string> = {};
  const look = (conditions: ConditionValues, at: string): void => {
    if ((conditions.start === "") !== (conditions.end === "")) problems[`${at}hours`] = words.halfHours;
    if (conditions.metadata.some((each) => each.indexOf("=") < 1)) problems[`${at}metadata`] = words.noPair;
  };
  if (values.name.trim() === "") problems["name"] = words.noName;
  if (values.targets.length === 0) problems["targets"] = words.noTarget;
  values.targets.forEach((target, index) => {
    if (target.configurationId === "") problems[`targets.${index}`] = words.noConfiguration;
    look(target, `targets.${index}.`);
  });
  look(values.conditions, "");
  return problems;
}

/** The route as the API takes it. Hours without a time zone of their own are of `timeZone`. */
export function bodyOf(values: RouteValues, timeZone: string): RouteBody {
  const { cacheSeconds, cacheScope, cacheTools, cacheModel, cacheThreshold, hedge, hedgeMs } = values;
  const semantic = cacheModel.trim() === "" ? null : { model: cacheModel.trim(), threshold: cacheThreshold };
  const conditions = writeConditions(values.conditions, timeZone);
  return {
    name: values.name.trim(),
    strategy: values.strategy,
    isActive: values.isActive,
    reason: values.reason,
    conditions,
    // Without conditions nothing is left for it.
    otherwiseId: conditions === null ? null : values.otherwiseId || null,
    caching: cacheSeconds === null ? null : { ttlSeconds: cacheSeconds, scope: cacheScope, withTools: cacheTools, semantic },
    hedging: hedge === "never" ? null : { afterMs: hedge === "fixed" ? hedgeMs : null },
    targets: values.targets.map((target) => ({
      configurationId: target.configurationId,
      model: target.model.trim() || null,
      priority: target.order - 1 + values.lowest,
      weight: target.weight,
      fallbackFor: target.serves === "contextWindow" || target.serves === "contentFilter" ? target.serves : null,
      conditions: writeConditions(target, timeZone),
    })),
  };
}

function writeConditions(values: ConditionValues, usualZone: string): NonNullable<RouteBody["conditions"]> | null {
  const { minInputTokens, maxInputTokens, tags, modelFamilies, start, end, days } = values;
  const metadata = Object.fromEntries(values.metadata.map((each) => [each.slice(0, each.indexOf("=")).trim(), each.slice(each.indexOf("=") + 1).trim()]));
  const hours = start === "" ? null : { start, end, timeZone: values.timeZone || usualZone, days };
  const empty = minInputTokens === null && maxInputTokens === null && hours === null && [tags, modelFamilies, values.metadata].every((each) => each.length === 0);
  return empty ? null : { minInputTokens, maxInputTokens, tags, modelFamilies, metadata, hours };
}

/** Sets when a target serves, and the order that goes with it. */
export function withServes(target: TargetValues, serves: Serves): TargetValues {
  return { ...target, serves, order: serves === "later" ? Math.max(2, target.order) : 1 };
}

/** What is otherwise in a route, with the names of `configurations` instead of their ids. */
export function named(changes: Difference[], configurations: readonly { id: string; name: string }[]): Difference[] {
  const names = new Map(configurations.map(({ id, name }) => [id, name]));
  const name = (value: unknown): unknown => JSON.parse(JSON.stringify(value), (_, each: unknown) => (typeof each === "string" ? (names.get(each) ?? each) : each)) as unknown;
  return changes.map(({ path, before, after }) => ({ path: path.replace("configurationId", "configuration"), before: name(before), after: name(after) }));
}
