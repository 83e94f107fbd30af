import { Box } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./FullPage.module.css";

/** For a page that fills the window below the bar, edge to edge, and scrolls by its parts: the chat. */
export function FullPage({ children }: { children: ReactNode }) {
  return <Box className={classes.full}>{children}</Box>;
}
