import { useDeferredValue, useMemo, useState } from "react";
import { type Block, Splitter } from "./blocks";
import { Section } from "./Section";

/** Characters of a section: so much is drawn at once when one scrolls to it. */
const SECTION = 12_000;

/**
 * Markdown that may grow and may be long. What stands already is not read again, and of a long text only what is near the
 * window is drawn. `live`: more is coming.
 */
export function AnswerText({ text, live = false }: { text: string; live?: boolean }) {
  const [splitter] = useState(() => new Splitter());
  // Typing comes first: an answer may be drawn a moment later.
  const shown = useDeferredValue(text);
  const sections = useMemo(() => group(splitter.split(shown)), [splitter, shown]);
  const long = sections.length > 3;
  return sections.map((blocks, place) => (
    <Section key={place} blocks={blocks} live={live && place === sections.length - 1} eager={!long || (live && place >= sections.length - 2)} />
  ));
}

function group(blocks: Block[]): Block[][] {
  const sections: Block[][] = [];
  let size = SECTION;
  for (const block of blocks) {
    if (size >= SECTION) {
      sections.push([]);
      size = 0;
    }
    sections.at(-1)?.push(block);
    size += block.text.length;
  }
  return sections;
}
