import { ActionIcon, Box, Button, FileButton, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Paperclip, Square } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { choicesQuery, findChoice } from "@/shared/choices/choices";
import { factsQuery, unreadable } from "@/shared/choices/facts";
import { ModelPicker } from "@/shared/choices/ModelPicker";
import { useWorkspace } from "@/shared/workspace";
import { ACCEPTED, type Attachment, LONG_TEXT, MOST_TEXT, pasted, readFile } from "../attachments";
import { type Draft, draftOf, keepDraft } from "../drafts";
import { texts } from "../texts";
import { AttachmentList } from "./AttachmentList";
import classes from "./Composer.module.css";

/**
 * Where one writes. What is typed is kept under `place` until it is sent; what `onSend` refuses comes back. The field is the
 * browser's own: nothing else is drawn while one types.
 */
export function Composer({
  place,
  talkWith,
  onTalkWith,
  onSend,
  onStop,
  children,
}: {
  place: string;
  talkWith: string;
  /** Null where the model is chosen elsewhere. */
  onTalkWith: ((value: string) => void) | null;
  onSend: (draft: Draft) => Promise<void>;
  /** Set while an answer is being written. */
  onStop: (() => void) | null;
  children?: ReactNode;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [attachments, setAttachments] = useState(draftOf(place).attachments);
  const [empty, setEmpty] = useState(draftOf(place).text.trim() === "");
  const [refusals, setRefusals] = useState<string[]>([]);
  const lacking = useLacking(talkWith, attachments);
  const wanting = empty && attachments.length === 0;

  const keep = (next: readonly Attachment[] = attachments) => keepDraft(place, { text: field.current?.value ?? "", attachments: next });
  const attach = async (files: readonly File[]) => {
    const read = await Promise.all(files.map(readFile));
    const taken = read.filter((each): each is Attachment => "id" in each);
    setRefusals(read.flatMap((each) => ("id" in each ? [] : [each.reason === "kind" ? texts.refusedKind(each.name) : texts.refusedSize(each.name)])));
    put([...attachments, ...taken]);
  };
  const put = (next: readonly Attachment[]) => {
    setAttachments(next);
    keep(next);
  };
  const send = () => {
    const text = field.current?.value ?? "";
    if (wanting || onStop !== null || lacking !== null) return;
    if (text.length > MOST_TEXT) {
      setRefusals([texts.tooLong]);
      return;
    }
    const draft = { text, attachments };
    setRefusals([]);
    clear();
    field.current?.focus();
    onSend(draft).catch(() => restore(draft));
  };
  const clear = () => {
    if (field.current !== null) field.current.value = "";
    setAttachments([]);
    setEmpty(true);
    keepDraft(place, { text: "", attachments: [] });
  };
  const restore = (draft: Draft) => {
    keepDraft(place, draft);
    // Nothing that was typed since is lost.
    if (field.current !== null && field.current.value === "") field.current.value = draft.text;
    setAttachments(draft.attachments);
    setEmpty(draft.text.trim() === "");
  };

  return (
    <Box
      className={classes.frame}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        void attach([...event.dataTransfer.files]);
      }}
    >
      {[...refusals, ...(lacking === null ? [] : [lacking])].map((refusal) => (
        <Text key={refusal} role="alert" size="sm" c="var(--tl-bad)">
          {refusal}
        </Text>
      ))}
      <AttachmentList attachments={attachments} onRemove={(id) => put(attachments.filter((each) => each.id !== id))} />
      <textarea
        ref={field}
        className={classes.field}
        rows={2}
        aria-label={texts.message}
        placeholder={texts.placeholder}
        defaultValue={draftOf(place).text}
        autoFocus
        onInput={(event) => {
          setEmpty(event.currentTarget.value.trim() === "");
          keep();
        }}
        onPaste={(event) => {
          const files = [...event.clipboardData.files];
          const text = event.clipboardData.getData("text/plain");
          if (files.length === 0 && text.length <= LONG_TEXT) return;
          event.preventDefault();
          if (files.length > 0) void attach(files);
          else if (text.length > MOST_TEXT) setRefusals([texts.tooLong]);
          else put([...attachments, pasted(text, texts.pasted)]);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <Group gap="xs">
        <FileButton multiple accept={ACCEPTED} onChange={(files) => void attach(files)}>
          {(props) => (
            <ActionIcon {...props} variant="subtle" color="gray" size={30} aria-label={texts.attach}>
              <Paperclip size={16} aria-hidden />
            </ActionIcon>
          )}
        </FileButton>
        {onTalkWith === null ? null : <ModelPicker value={talkWith} onChange={onTalkWith} label={texts.model} size="xs" width={190} />}
        {children}
        <Box flex={1} />
        {onStop === null ? (
          <Button onClick={send} disabled={wanting || lacking !== null}>
            {texts.send}
          </Button>
        ) : (
          <Button variant="default" leftSection={<Square size={12} aria-hidden />} onClick={() => {
              onStop();
              field.current?.focus();
            }}>
            {texts.stop}
          </Button>
        )}
      </Group>
    </Box>
  );
}

/** What to say where the model is known not to read what is attached. */
function useLacking(talkWith: string, attachments: readonly Attachment[]): string | null {
  const { client, id } = useWorkspace();
  const { data: choices = [] } = useQuery(choicesQuery(client, id));
  const choice = findChoice(choices, talkWith);
  const kinds = [...new Set(attachments.map((each) => each.kind))].filter((kind) => kind !== "text");
  const { data: facts } = useQuery({ ...factsQuery(client, id, choice), enabled: kinds.length > 0 });
  const lacking = unreadable(facts, kinds);
  return lacking.length === 0 ? null : texts.cannotRead(choice.model ?? choice.name, lacking.map((kind) => texts.unreadable[kind]).join(" and "));
}
