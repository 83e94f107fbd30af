// Thousands of rows of two lines are more than a select can show.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import { Box, Text } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import type { Model } from "../api";
import { factsOf } from "../modelFacts";
import { texts } from "../texts";
import classes from "./ModelOptions.module.css";

const ROW = 56;
const SHOWN = 7;

/** A list of models to choose from, of which only the rows in sight exist. Arrows move through it. */
export function ModelOptions({ models, chosen, onChoose }: { models: Model[]; chosen: string; onChoose: (model: string) => void }) {
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: models.length, getScrollElement: () => frame.current, estimateSize: () => ROW, overscan: 8 });
  // Ollama adds the tag to names that have none.
  const isChosen = (model: Model) => model.id === chosen || model.id === `${chosen}:latest`;
  const index = models.findIndex(isChosen);
  const move = (to: number) => {
    const model = models[Math.max(0, Math.min(models.length - 1, to))];
    if (model === undefined) return;
    onChoose(model.id);
    rows.scrollToIndex(models.indexOf(model));
  };
  return (
    <Box
      ref={frame}
      className={classes.frame}
      mah={ROW * SHOWN}
      role="listbox"
      tabIndex={0}
      aria-label={texts.model.list}
      aria-activedescendant={index < 0 ? undefined : `model-${index}`}
      onKeyDown={(event) => {
        const step = { ArrowDown: 1, ArrowUp: -1, PageDown: SHOWN, PageUp: -SHOWN }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        move(index + step);
      }}
    >
      <Box pos="relative" h={rows.getTotalSize()}>
        {rows.getVirtualItems().map((row) => {
          const model = models[row.index];
          if (model === undefined) return null;
          return (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the list around it has the keys
            <div
              key={row.key}
              id={`model-${row.index}`}
              role="option"
              tabIndex={-1}
              aria-selected={isChosen(model)}
              className={classes.option}
              style={{ transform: `translateY(${row.start}px)` }}
              onClick={() => onChoose(model.id)}
            >
              <Text className="mono" truncate>
                {model.id}
              </Text>
              <Text size="sm" c="dimmed" truncate>
                {factsOf(model)}
              </Text>
            </div>
          );
        })}
      </Box>
    </Box>
  );
}
