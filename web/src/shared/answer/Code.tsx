import { Box, Group } from "@mantine/core";
import type { ReactNode } from "react";
import type { ExtraProps } from "react-markdown";
import { CopyButton } from "@/shared/ui/CopyButton";
import { scrolling } from "@/shared/ui/scrolling";
import classes from "./Code.module.css";
import { texts } from "./texts";

type Element = NonNullable<ExtraProps["node"]>;

/** A fence of code: its language, a button that copies it, and the code, coloured or not. */
export function Code({ node, children }: { node: Element | undefined; children: ReactNode }) {
  const code = node?.children.find((child) => child.type === "element");
  const names = code?.properties["className"];
  const language = Array.isArray(names) ? String(names.find((name) => String(name).startsWith("language-")) ?? "").slice("language-".length) : "";
  return (
    <Box className={classes.frame}>
      <Group justify="space-between" className={classes.head}>
        <span>{language}</span>
        <CopyButton value={textOf(node)} what={texts.copyCode} />
      </Group>
      <Box component="pre" className={classes.code} {...scrolling(texts.code(language))}>
        {children}
      </Box>
    </Box>
  );
}

function textOf(node: Element | Element["children"][number] | undefined): string {
  if (node?.type === "text") return node.value;
  return node?.type === "element" ? node.children.map(textOf).join("") : "";
}
