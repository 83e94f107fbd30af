import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { SplitBar } from "@/shared/ui/SplitBar";
import type { Row } from "../rows";
import { texts } from "../texts";
import classes from "./ConfigurationList.module.css";

/** How versions share the traffic of a configuration; it opens their experiment. */
export function VersionSplit({ configurationId, split }: { configurationId: string; split: Row["split"] }) {
  if (split.length === 0) return <Text c="dimmed">{texts.list.noSplit}</Text>;
  const words = split.map(({ share }) => Math.round(share)).join(" / ");
  return (
    <div className={classes.split}>
      <Anchor
        component={Link}
        // Subjects know of each other by address alone.
        {...({ to: "/experiments/$configId", params: { configId: configurationId } } as object)}
        c="inherit"
        size="sm"
        aria-label={texts.list.split(words, split.map(({ version, share }) => `${version} ${share} %`).join(", "))}
      >
        {words}
      </Anchor>
      <SplitBar shares={split} />
    </div>
  );
}
