import { Box, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Badge } from "@/shared/ui/Badge";
import { texts } from "../texts";

/** One thing to do; what it takes is shown until it is done. */
export function Step({ title, about, done, children }: { title: string; about: string; done: boolean; children: ReactNode }) {
  return (
    <Box>
      <Group gap="sm">
        <Text fw={550}>{title}</Text>
        <Badge tone={done ? "good" : "quiet"}>{done ? texts.checklist.done : texts.checklist.open}</Badge>
      </Group>
      {done ? null : (
        <Stack gap="xs" mt={4} align="stretch">
          <Text c="dimmed">{about}</Text>
          {children}
        </Stack>
      )}
    </Box>
  );
}
