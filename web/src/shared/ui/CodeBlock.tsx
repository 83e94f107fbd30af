import { Box } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyButton } from "./CopyButton";
import classes from "./CodeBlock.module.css";

/** Code with a button that copies it. `label` says what it is. `children`: the same text, coloured. */
export function CodeBlock({
  code,
  label,
  wrap = false,
  maxHeight,
  children,
}: {
  code: string;
  label: string;
  wrap?: boolean;
  maxHeight?: number;
  children?: ReactNode;
}) {
  return (
    <Box className={classes.frame}>
      {/* What scrolls must be reached by the keyboard. */}
      <Box component="section" className={classes.code} data-wrap={wrap || undefined} mah={maxHeight} tabIndex={0} aria-label={label}>
        <code>{children ?? code}</code>
      </Box>
      <Box className={classes.copy}>
        <CopyButton value={code} />
      </Box>
    </Box>
  );
}
