import { Box } from "@mantine/core";
import { lazy, memo, Suspense, useEffect, useRef, useState } from "react";
import type { Block } from "./blocks";
import classes from "./Section.module.css";

const load = () => import("./Markdown");
const Markdown = lazy(() => load().then((module) => ({ default: module.Markdown })));

/** Has what draws Markdown ready before the first answer comes. */
export function prepareMarkdown(): void {
  void load();
}

const LINE_PX = 21;
const LINE_CHARACTERS = 90;
const NEAR = "1200px";

interface Given {
  blocks: Block[];
  live: boolean;
  eager: boolean;
}

/** Some blocks of an answer. Unless `eager`, they are drawn when they come near the window, and stay then. */
export const Section = memo(
  function Section({ blocks, live, eager }: Given) {
    const [seen, setSeen] = useState(eager);
    const place = useRef<HTMLDivElement>(null);
    useEffect(() => {
      if (eager) setSeen(true);
      if (seen || eager || place.current === null) return undefined;
      const watching = new IntersectionObserver(
        (entries) => {
          if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
        },
        { rootMargin: NEAR },
      );
      watching.observe(place.current);
      return () => watching.disconnect();
    }, [seen, eager]);
    if (!seen) return <Box ref={place} h={heightOf(blocks)} />;
    return blocks.map((block, index) => (
      <Suspense key={index} fallback={<Box className={classes.plain}>{block.text}</Box>}>
        <Markdown text={block.opening + block.text} live={live && !block.whole} />
      </Suspense>
    ));
  },
  (before, after) =>
    before.live === after.live &&
    before.eager === after.eager &&
    before.blocks.length === after.blocks.length &&
    before.blocks.every((block, place) => block === after.blocks[place]),
);

function linesOf(text: string): number {
  return text.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / LINE_CHARACTERS), 0);
}

function heightOf(blocks: Block[]): number {
  return blocks.reduce((sum, block) => sum + linesOf(block.text), 0) * LINE_PX;
}
