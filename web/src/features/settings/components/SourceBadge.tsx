import { ToldBadge } from "@/shared/ui/ToldBadge";
import { texts } from "../texts";

/** Where a setting is from, and where it is changed: it says why a field is locked. */
export function SourceBadge({ source }: { source: keyof typeof texts.sources }) {
  return <ToldBadge tone={source === "default" ? "quiet" : "good"} word={texts.sources[source]} about={texts.sourceAbout[source]} />;
}
