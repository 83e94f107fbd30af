import { Box, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useEffect } from "react";

/** A page's title, what it is for, and what can be done. Names the tab, too. */
export function PageHeader({ title, about, actions }: { title: string; about?: string; actions?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Trunkline`;
  }, [title]);
  return (
    <Group justify="space-between" align="flex-start" mb="md">
      <Box>
        <Title order={1}>{title}</Title>
        {about ? <Text c="dimmed">{about}</Text> : null}
      </Box>
      {actions ? <Group gap="xs">{actions}</Group> : null}
    </Group>
  );
}
