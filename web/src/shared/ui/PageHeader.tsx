import { Box, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { usePageTitle } from "@/shared/pageTitle";
import classes from "./PageHeader.module.css";

/** A page's title, what it is for, and what can be done. `badge`: how it stands. Names the tab, too. */
export function PageHeader({ title, about, badge, actions }: { title: string; about?: ReactNode; badge?: ReactNode; actions?: ReactNode }) {
  usePageTitle(title);
  return (
    <Box className={classes.head} mb="md">
      <Box className={classes.words}>
        <Group gap="xs">
          <Title order={1}>{title}</Title>
          {badge}
        </Group>
        {about ? (
          <Text c="dimmed" className={classes.about}>
            {about}
          </Text>
        ) : null}
      </Box>
      {actions ? (
        <Group gap="xs" className={classes.actions}>
          {actions}
        </Group>
      ) : null}
    </Box>
  );
}
