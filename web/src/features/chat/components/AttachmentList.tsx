import { ActionIcon, Box, Text } from "@mantine/core";
import { FileText, Image as Picture, X } from "lucide-react";
import { count } from "@/shared/format/quantity";
import type { Attachment } from "../attachments";
import { texts } from "../texts";
import classes from "./AttachmentList.module.css";

/** What goes with a message, each with a way to take it away. */
export function AttachmentList({ attachments, onRemove }: { attachments: readonly Attachment[]; onRemove: (id: string) => void }) {
  if (attachments.length === 0) return null;
  return (
    <Box component="ul" className={classes.list} aria-label={texts.attached}>
      {attachments.map((each) => {
        const name = each.name || texts.picture;
        return (
          <Box component="li" key={each.id} className={classes.item}>
            {each.kind === "image" && each.content.startsWith("data:") ? (
              <img src={each.content} alt="" className={classes.thumb} />
            ) : each.kind === "image" ? (
              <Picture size={14} aria-hidden />
            ) : (
              <FileText size={14} aria-hidden />
            )}
            <Text size="sm" truncate maw={180}>
              {name}
            </Text>
            {each.kind === "text" ? (
              <Text size="sm" c="dimmed">
                {texts.characters(count(each.size))}
              </Text>
            ) : null}
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={texts.detach(name)} onClick={() => onRemove(each.id)}>
              <X size={14} aria-hidden />
            </ActionIcon>
          </Box>
        );
      })}
    </Box>
  );
}
