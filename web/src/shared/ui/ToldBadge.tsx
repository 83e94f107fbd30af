import { Tooltip, UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import { Badge, type Tone } from "./Badge";

/** A badge that says more when it is pointed at or reached by the keyboard. `icon` stands in place of the word where room is short. */
export function ToldBadge({ tone, word, about, icon }: { tone: Tone; word: string; about: string; icon?: ReactNode }) {
  return (
    <Tooltip label={icon === undefined ? about : `${word}. ${about}`} multiline w={280} events={{ hover: true, focus: true, touch: true }}>
      {/* It may stand in a row that opens something. */}
      <UnstyledButton mih={24} miw={24} aria-label={`${word}. ${about}`} onClick={(event) => event.stopPropagation()}>
        {icon ?? <Badge tone={tone}>{word}</Badge>}
      </UnstyledButton>
    </Tooltip>
  );
}
