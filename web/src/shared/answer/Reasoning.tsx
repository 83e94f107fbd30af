import { Box } from "@mantine/core";
import { useState } from "react";
import { AnswerText } from "./AnswerText";
import classes from "./Reasoning.module.css";
import { texts } from "./texts";

/** What a model thought before it answered, folded away. `live`: it still thinks. */
export function Reasoning({ text, live }: { text: string; live: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={classes.frame} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{live ? texts.reasons : texts.reasoning}</summary>
      <Box className={classes.text}>{open ? <AnswerText text={text} live={live} /> : null}</Box>
    </details>
  );
}
