import type { ReactNode } from "react";
import { count } from "@/shared/format/quantity";
import { texts } from "@/shared/texts";
import { CodeBlock } from "./CodeBlock";
import classes from "./CodeBlock.module.css";

/** So much is drawn, and coloured: more would be laid out anew with each letter that is typed beside it. */
const SHOWN_CHARACTERS = 50_000;
const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|(?:^|\n)\s*#[^\n]*/g;

/** JSON with its keys and strings coloured. `value` may be text already. Of a long one the beginning is shown; all of it is copied. */
export function JsonBlock({ value, label, wrap, maxHeight }: { value: unknown; label: string; wrap?: boolean; maxHeight?: number }) {
  const code = typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
  return (
    <CodeBlock code={code} label={label} {...(wrap === undefined ? {} : { wrap })} {...(maxHeight === undefined ? {} : { maxHeight })}>
      {coloured(code.slice(0, SHOWN_CHARACTERS))}
      {code.length > SHOWN_CHARACTERS ? <span className={classes.note}>{`\n${texts.rest(count(code.length - SHOWN_CHARACTERS))}`}</span> : null}
    </CodeBlock>
  );
}

function coloured(code: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let done = 0;
  for (const match of code.matchAll(TOKEN)) {
    const [whole, text, colon] = match;
    parts.push(code.slice(done, match.index));
    const kind = text === undefined ? classes.note : colon === undefined ? classes.text : classes.key;
    parts.push(
      <span key={match.index} className={kind}>
        {text ?? whole}
      </span>,
    );
    if (colon !== undefined) parts.push(colon);
    done = match.index + whole.length;
  }
  parts.push(code.slice(done));
  return parts;
}
