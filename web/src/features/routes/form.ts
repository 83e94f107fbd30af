import type { Route, RouteBody } from "./api";

export const STRATEGIES = ["priority", "weighted", "round-robin", "least-busy", "cheapest", "fastest"] as const;
export type Strategy = (typeof STRATEGIES)[number];
export const SERVES = ["first", "later", "contextWindow", "contentFilter"] as const;
/** When a target serves: with the first ones, when those cannot, or only for what they refuse. */
export type Serves = (typeof SERVES)[number];

/** For which calls something is. Empty texts set no condition. */
export interface ConditionValues {
  minInputTokens: number | null;
  maxInputTokens: number | null;
  tags: string[];
  modelFamilies: string[];
  start: string;
  end: string;
}

/** A target as the form holds it. `key` tells rows apart. */
export interface TargetValues extends ConditionValues {
  key: string;
  configurationId: string;
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
  /** Seconds for which responses are kept; null: never. */
  cacheSeconds: number | null;
  cacheScope: "user" | "workspace";
  reason: string;
}

const NO_CONDITIONS: ConditionValues = { minInputTokens: null, maxInputTokens: null, tags: [], modelFamilies: [], start: "", end: "" };

let made = 0;

/** A target that leads nowhere yet. */
export function newTarget(serves: Serves = "first"): TargetValues {
  made += 1;
  return { ...NO_CONDITIONS, key: `target-${made}`, configurationId: "", model: "", serves, order: 1, weight: 1 };
}

/** What the form begins with: a saved route, or nothing. */
export function valuesOf(route?: Route): RouteValues {
  if (route === undefined) {
    return { name: "", strategy: "priority", isActive: true, targets: [newTarget()], conditions: NO_CONDITIONS, cacheSeconds: null, cacheScope: "user", reason: "" };
  }
  const lowest = Math.min(...route.targets.map((target) => target.priority));
  return {
    name: route.name,
    strategy: route.strategy,
    isActive: route.isActive,
    conditions: readConditions(route.conditions),
    cacheSeconds: route.caching?.ttlSeconds ?? null,
    cacheScope: route.caching?.scope ?? "user",
    reason: "",
    targets: route.targets.map((target) => ({
      ...newTarget(target.fallbackFor ?? (target.priority > lowest ? "later" : "first")),
      ...readConditions(target.conditions),
      configurationId: target.configurationId,
      model: target.model ?? "",
      order: target.priority,
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
    start: conditions.hours?.start ?? "",
    end: conditions.hours?.end ?? "",
  };
}

/** What is wrong with a route, by field; empty when nothing is. */
export function problemsOf(values: RouteValues): Record<string, string> {
  const problems: Record<string, string> = {};
  if (values.name.trim() === "") problems["name"] = "Give it a name.";
  if (values.targets.length === 0) problems["targets"] = "A route leads to at least one configuration.";
  values.targets.forEach((target, index) => {
    if (target.configurationId === "") problems[`targets.${index}`] = "Choose a configuration.";
    if ((target.start === "") !== (target.end === "")) problems[`targets.${index}.hours`] = "Say both when it begins and when it ends.";
  });
  if ((values.conditions.start === "") !== (values.conditions.end === "")) problems["hours"] = "Say both when it begins and when it ends.";
  return problems;
}

/** The route as the API takes it; `saved` is the one that it changes, whose parts that the form does not show stay. */
export function bodyOf(values: RouteValues, timeZone: string, saved?: Route): RouteBody {
  return {
    name: values.name.trim(),
    strategy: values.strategy,
    isActive: values.isActive,
    reason: values.reason,
    conditions: writeConditions(values.conditions, timeZone, saved?.conditions ?? null),
    caching: values.cacheSeconds === null ? null : { ...keptCaching(saved), ttlSeconds: values.cacheSeconds, scope: values.cacheScope },
    targets: values.targets.map((target) => {
      const before = saved?.targets.find((each) => each.configurationId === target.configurationId && (each.model ?? "") === target.model);
      return {
        configurationId: target.configurationId,
        model: target.model.trim() || null,
        priority: target.order,
        weight: target.weight,
        fallbackFor: target.serves === "contextWindow" || target.serves === "contentFilter" ? target.serves : null,
        conditions: writeConditions(target, timeZone, before?.conditions ?? null),
      };
    }),
  };
}

function keptCaching(saved?: Route): object {
  const { semantic, withTools } = saved?.caching ?? {};
  return { ...(withTools === undefined ? {} : { withTools }), ...(semantic ? { semantic } : {}) };
}

function writeConditions(values: ConditionValues, timeZone: string, saved: Route["conditions"]): NonNullable<RouteBody["conditions"]> | null {
  const { minInputTokens, maxInputTokens, tags, modelFamilies, start, end } = values;
  const written = {
    minInputTokens,
    maxInputTokens,
    tags,
    modelFamilies,
    metadata: saved?.metadata ?? {},
    hours: start === "" ? null : { timeZone, ...saved?.hours, start, end },
  };
  const empty = minInputTokens === null && maxInputTokens === null && tags.length === 0 && modelFamilies.length === 0 && start === "" && Object.keys(written.metadata).length === 0;
  return empty ? null : written;
}

/** Sets when a target serves, and the order that goes with it. */
export function withServes(target: TargetValues, serves: Serves): TargetValues {
  return { ...target, serves, order: serves === "later" ? Math.max(2, target.order) : 1 };
}
