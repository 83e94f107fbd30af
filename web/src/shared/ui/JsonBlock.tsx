import type { ReactNode } from "react";
import { CodeBlock } from "./CodeBlock";
import classes from "./CodeBlock.module.css";

/** Beyond this, colours cost more than they help. */
const COLOURED_CHARACTERS = 50_000;
const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|(?:^|\n)\s*#[^\n]*/g;

/** JSON with its keys and strings coloured. `value` may be text already. */
export function JsonBlock({ value, label, wrap, maxHeight }: { value: unknown; label: string; wrap?: boolean; maxHeight?: number }) {
  const code = typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
  return (
    <CodeBlock code={code} label={label} {...(wrap === undefined ? {} : { wrap })} {...(maxHeight === undefined ? {} : { maxHeight })}>
      {code.length > COLOURED_CHARACTERS ? code : coloured(code)}
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
