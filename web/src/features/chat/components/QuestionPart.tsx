import { Box, Image, UnstyledButton } from "@mantine/core";
import { FileText } from "lucide-react";
import { useState } from "react";
import type { AnswerPart } from "@/shared/answer/running";
import { StoredPicture } from "@/shared/answer/StoredPicture";
import { count } from "@/shared/format/quantity";
import { notifyFailed } from "@/shared/ui/notify";
import { scrolling } from "@/shared/ui/scrolling";
import { useWorkspace } from "@/shared/workspace";
import { saveFile } from "../save";
import { texts } from "../texts";
import classes from "./Question.module.css";

/** Characters of a long text that are shown at once. */
const SHOWN = 2_000;
const PIECE = 20_000;

/** A text, a picture or a file of a question. */
export function QuestionPart({ part }: { part: AnswerPart }) {
  const { client } = useWorkspace();
  if (part.type === "image") {
    return part.url.startsWith("data:") ? <Image src={part.url} alt={texts.picture} maw={320} mah={240} w="auto" radius="sm" /> : <StoredPicture url={part.url} />;
  }
  if (part.type === "file") {
    const isHere = !part.url.startsWith("data:");
    return (
      <UnstyledButton
        className={classes.file}
        disabled={!isHere}
        onClick={() => void client.conversations.file(part.url).then((file) => saveFile(file, part.name), notifyFailed)}
      >
        <FileText size={14} aria-hidden /> {part.name}
      </UnstyledButton>
    );
  }
  return part.text.length > 2 * SHOWN ? <LongText text={part.text} /> : <Box className={classes.text}>{part.text}</Box>;
}

function LongText({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  // Each piece is laid out when it is scrolled to.
  const pieces = open ? Array.from({ length: Math.ceil(text.length / PIECE) }, (_, place) => text.slice(place * PIECE, (place + 1) * PIECE)) : [`${text.slice(0, SHOWN)}…`];
  return (
    <>
      <Box className={`${classes.text} ${open ? classes.long : ""}`} {...(open ? scrolling(texts.pasted) : {})}>
        {pieces.map((piece, place) => (
          <Box key={place} style={{ contentVisibility: open ? "auto" : "visible", containIntrinsicSize: "auto 4000px" }}>
            {piece}
          </Box>
        ))}
      </Box>
      <UnstyledButton className={classes.file} mt={6} aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? texts.showLess : texts.showAll(count(text.length))}
      </UnstyledButton>
    </>
  );
}
