import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import type { AnswerPart } from "@/shared/answer/running";
import { type Attachment, reopen } from "../attachments";
import { texts } from "../texts";
import { AttachmentList } from "./AttachmentList";

/** A question as a form: to be put differently, and sent again. */
export function EditQuestion({
  parts,
  onSend,
  onCancel,
}: {
  parts: readonly AnswerPart[];
  onSend: (text: string, attachments: readonly Attachment[]) => void;
  onCancel: () => void;
}) {
  const [draft, setDraft] = useState(() => reopen(parts, texts.pasted));
  const ready = draft.text.trim() !== "" || draft.attachments.length > 0;
  const send = () => ready && onSend(draft.text, draft.attachments);
  return (
    <Stack gap="xs">
      <Textarea
        aria-label={texts.editLabel}
        autosize
        minRows={2}
        maxRows={12}
        autoFocus
        value={draft.text}
        onChange={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === "Escape") onCancel();
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <AttachmentList
        attachments={draft.attachments}
        onRemove={(id) => setDraft({ ...draft, attachments: draft.attachments.filter((each) => each.id !== id) })}
      />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onCancel}>
          {texts.cancel}
        </Button>
        <Button onClick={send} disabled={!ready}>
          {texts.resend}
        </Button>
      </Group>
    </Stack>
  );
}
