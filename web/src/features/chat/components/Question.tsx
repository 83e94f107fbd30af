import { ActionIcon, Box, Group, Tooltip, VisuallyHidden } from "@mantine/core";
import { Pencil } from "lucide-react";
import { useState } from "react";
import type { Attachment } from "../attachments";
import { texts } from "../texts";
import type { Turn } from "../turns";
import { BranchSwitch } from "./BranchSwitch";
import { EditQuestion } from "./EditQuestion";
import classes from "./Question.module.css";
import { QuestionPart } from "./QuestionPart";

/** What somebody asked. It can be edited, which opens a branch. `onResend` is null while an answer is being written. */
export function Question({
  turn,
  onResend,
  onShow,
}: {
  turn: Extract<Turn, { role: "user" }>;
  onResend: ((text: string, attachments: readonly Attachment[]) => void) | null;
  onShow: (id: string) => void;
}) {
  const [editing, setEditing] = useState(false);
  if (editing && onResend !== null) {
    return (
      <EditQuestion
        parts={turn.parts}
        onCancel={() => setEditing(false)}
        onSend={(text, attachments) => {
          setEditing(false);
          onResend(text, attachments);
        }}
      />
    );
  }
  return (
    <Box className={classes.row}>
      <Box className={classes.bubble}>
        <VisuallyHidden>{texts.you}</VisuallyHidden>
        {turn.parts.map((part, place) => (
          <QuestionPart key={place} part={part} />
        ))}
      </Box>
      <Group gap={4} className={classes.under}>
        {turn.place === null ? null : <BranchSwitch place={turn.place} words={texts.place(turn.place.number, turn.place.count)} onShow={onShow} />}
        {onResend === null || turn.message === null ? null : (
          <Tooltip label={texts.edit}>
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={texts.edit} onClick={() => setEditing(true)}>
              <Pencil size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
    </Box>
  );
}
