import { Tooltip, UnstyledButton } from "@mantine/core";
import { Badge } from "@/shared/ui/Badge";
import { texts } from "../texts";

/** Where a setting is from, and where it is changed. */
export function SourceBadge({ source }: { source: keyof typeof texts.sources }) {
  return (
    <Tooltip label={texts.sourceAbout[source]} multiline w={280} events={{ hover: true, focus: true, touch: true }}>
      {/* Reached by the keyboard, because it says why a field is locked. */}
      <UnstyledButton mih={24} aria-label={`${texts.sources[source]}. ${texts.sourceAbout[source]}`}>
        <Badge tone={source === "default" ? "quiet" : "good"}>{texts.sources[source]}</Badge>
      </UnstyledButton>
    </Tooltip>
  );
}
