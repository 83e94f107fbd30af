import {
  Activity,
  Bell,
  Boxes,
  ChartColumn,
  FileClock,
  FlaskConical,
  House,
  KeyRound,
  type LucideIcon,
  MessageSquare,
  Play,
  Plug,
  Rows3,
  Settings2,
  Shapes,
  ShieldCheck,
  SlidersHorizontal,
  Split,
  Users,
} from "lucide-react";
import type { Counts } from "@/features/home/api";
import { texts } from "./texts";

/** The groups of pages, in their order. What is in the first stands on top, without a heading. */
export const GROUPS = ["", "Build", "Observe", "Admin"] as const;

/** A page in the navigation. */
export interface Item {
  to: string;
  label: string;
  group: (typeof GROUPS)[number];
  icon: LucideIcon;
  /** Which number stands beside it, and how it is said: "2 open". */
  count?: { of: keyof Counts; words: (count: string) => string };
  /** The action of the API without which the page is of no use: who may not do it does not see the page. */
  may?: string;
}

/** The pages, in their order within each group. */
export const ITEMS: Item[] = [
  { to: "/", label: "Home", group: "", icon: House },
  { to: "/chat", label: "Chat", group: "", icon: MessageSquare, may: "conversations.change" },
  { to: "/configurations", label: "Configurations", group: "Build", icon: Settings2, may: "configurations.read", count: { of: "configurations", words: texts.counts.all } },
  { to: "/routes", label: "Routes", group: "Build", icon: Split, may: "routes.read", count: { of: "routes", words: texts.counts.all } },
  { to: "/models", label: "Models", group: "Build", icon: Boxes, may: "providers.read" },
  { to: "/features", label: "Features", group: "Build", icon: Shapes, may: "features.read", count: { of: "features", words: texts.counts.all } },
  { to: "/mcp-servers", label: "MCP servers", group: "Build", icon: Plug, may: "mcp_servers.read" },
  { to: "/playground", label: "Playground", group: "Build", icon: Play, may: "features.run" },
  { to: "/status", label: "Status", group: "Observe", icon: Activity, may: "status.read" },
  { to: "/usage", label: "Usage & cost", group: "Observe", icon: ChartColumn, may: "usage.read" },
  { to: "/requests", label: "Requests", group: "Observe", icon: Rows3, may: "usage.read" },
  { to: "/experiments", label: "Experiments", group: "Observe", icon: FlaskConical, may: "experiments.read", count: { of: "runningExperiments", words: texts.counts.running } },
  { to: "/alerts", label: "Alerts", group: "Observe", icon: Bell, may: "alerts.read", count: { of: "openAlerts", words: texts.counts.open } },
  { to: "/keys", label: "API keys", group: "Admin", icon: KeyRound, may: "keys.read" },
  { to: "/members", label: "Members", group: "Admin", icon: Users, may: "members.read" },
  { to: "/policies", label: "Policies & budgets", group: "Admin", icon: ShieldCheck, may: "budgets.read" },
  { to: "/audit", label: "Audit", group: "Admin", icon: FileClock, may: "audit.read" },
  { to: "/settings", label: "Settings", group: "Admin", icon: SlidersHorizontal, may: "retention.read" },
];

/** Pages that take a stronger role than looking does, with the action that they are there for and the weakest role that may do it. */
const NEEDS = [
  { to: "/chat", may: "conversations.change", role: "member" },
  { to: "/configurations/new", may: "configurations.change", role: "member" },
  { to: "/playground", may: "features.run", role: "member" },
  { to: "/routes/new", may: "routes.change", role: "admin" },
  { to: "/audit", may: "audit.read", role: "admin" },
] as const;

/** What the page of `path` takes. */
export function needAt(path: string): (typeof NEEDS)[number] | undefined {
  return NEEDS.find(({ to }) => path === to || path.startsWith(`${to}/`));
}

/** The item whose pages `path` is one of. */
export function itemAt(path: string): Item | undefined {
  return ITEMS.find(({ to }) => (to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`)));
}
