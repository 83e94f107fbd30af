const STORED = "trunkline.timeZone";

/** The time zone in which times are shown and days are counted: the chosen one, else that of this computer. */
export function timeZone(): string {
  const chosen = typeof localStorage === "undefined" ? null : localStorage.getItem(STORED);
  return chosen || new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Choose a time zone; null for that of this computer. Everything that is shown from now on heeds it. */
export function chooseTimeZone(zone: string | null): void {
  if (zone === null) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, zone);
}

/** The zone as it is printed beside figures: `UTC+1`. */
export function zoneName(at: Date = new Date()): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: timeZone(), timeZoneName: "shortOffset" }).formatToParts(at);
  return (parts.find((part) => part.type === "timeZoneName")?.value ?? "UTC").replace("GMT", "UTC");
}
