import { Box, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { usePageTitle } from "@/shared/pageTitle";
import classes from "./PageHeader.module.css";

/** A page's title, what it is for, and what can be done. Names the tab, too. */
export function PageHeader({ title, about, actions }: { title: string; about?: ReactNode; actions?: ReactNode }) {
  usePageTitle(title);
  return (
    <Box className={classes.head} mb="md">
      <Box className={classes.words}>
        <Title order={1}>{title}</Title>
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
