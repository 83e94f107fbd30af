import { Box } from "@mantine/core";
import classes from "./AnswerParts.module.css";
import { AnswerText } from "./AnswerText";
import { Reasoning } from "./Reasoning";
import type { AnswerPart } from "./running";
import { StoredPicture } from "./StoredPicture";

/** An answer: texts, thoughts and pictures in their order. `live`: more is coming. */
export function AnswerParts({ parts, live = false }: { parts: readonly AnswerPart[]; live?: boolean }) {
  return (
    <>
      {parts.map((part, place) => {
        const grows = live && place === parts.length - 1;
        switch (part.type) {
          case "text":
            return <AnswerText key={place} text={part.text} live={grows} />;
          case "reasoning":
            return <Reasoning key={place} text={part.text} live={grows} />;
          case "image":
            return <StoredPicture key={place} url={part.url} />;
          default:
            return null;
        }
      })}
      {live && parts.length === 0 ? <Box component="span" className={classes.caret} aria-hidden /> : null}
    </>
  );
}
