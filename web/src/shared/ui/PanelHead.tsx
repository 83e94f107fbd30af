import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** What stands above the list of a tab: what it is, and what can be done, which goes below where there is no room beside it. */
export function PanelHead({ about, children }: { about: string; children: ReactNode }) {
  return (
    <Group justify="space-between" mb="sm">
      <Text c="dimmed" flex="1 1 280px">
        {about}
      </Text>
      {children}
    </Group>
  );
}
