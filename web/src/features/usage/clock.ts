import { timeZone } from "@/shared/format/zone";
import type { Clock } from "./figures";
import type { Grain } from "./span";

/** The clock of the chosen time zone, for bars of that grain. */
export function clockOf(grain: Grain): Clock {
  const zone = { timeZone: timeZone() };
  const hour = new Intl.DateTimeFormat("en", { ...zone, hour: "numeric", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(undefined, { ...zone, day: "numeric", month: "short" });
  const full = new Intl.DateTimeFormat(undefined, { ...zone, day: "numeric", month: "short", ...(grain.interval === "hour" ? { hour: "2-digit", minute: "2-digit" } : {}) });
  const time = new Intl.DateTimeFormat(undefined, { ...zone, hour: "2-digit", minute: "2-digit" });
  return {
    hour: (moment) => Number(hour.format(new Date(moment))),
    name: (moment) => full.format(new Date(moment)),
    mark: (moment, before) => {
      const name = day.format(new Date(moment));
      if (before === undefined || day.format(new Date(before)) !== name) return name;
      return grain.interval === "hour" && grain.hours === 1 ? time.format(new Date(moment)) : "";
    },
  };
}
