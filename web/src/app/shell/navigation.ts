import { Activity, type LucideIcon, Settings2 } from "lucide-react";

/** The pages, in groups. */
export const ITEMS: { to: "/configurations" | "/status"; label: string; group: string; icon: LucideIcon }[] = [
  { to: "/configurations", label: "Configurations", group: "Build", icon: Settings2 },
  { to: "/status", label: "Status", group: "Observe", icon: Activity },
];
