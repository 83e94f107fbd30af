import { Box, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { usePageTitle } from "@/shared/pageTitle";

/** A page's title, what it is for, and what can be done. Names the tab, too. */
export function PageHeader({ title, about, actions }: { title: string; about?: ReactNode; actions?: ReactNode }) {
  usePageTitle(title);
  return (
    <Group justify="space-between" align="flex-start" gap="sm" mb="md">
      <Box miw={0}>
        <Title order={1}>{title}</Title>
        {about ? <Text c="dimmed">{about}</Text> : null}
      </Box>
      {actions ? <Group gap="xs">{actions}</Group> : null}
    </Group>
  );
}
