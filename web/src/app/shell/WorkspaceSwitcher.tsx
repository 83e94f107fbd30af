import { Box, Group, Menu, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { Check, ChevronsUpDown } from "lucide-react";
import type { Me } from "@/features/account/api";
import { useWorkspace } from "@/shared/workspace";
import classes from "./WorkspaceSwitcher.module.css";

/** Which workspace the console works in, and a way to another. */
export function WorkspaceSwitcher({ workspaces, onChange }: { workspaces: Me["workspaces"]; onChange: (id: string) => void }) {
  const { id } = useWorkspace();
  const current = workspaces.find((each) => each.id === id);
  return (
    <Menu width={240} position="bottom-start">
      <Menu.Target>
        <UnstyledButton className={classes.target}>
          <Group gap="sm" wrap="nowrap">
            <Box className={classes.mark} aria-hidden>
              T
            </Box>
            <VisuallyHidden>Workspace:</VisuallyHidden>
            <Box flex={1} miw={0}>
              <Text fw={550} truncate>
                {current?.name}
              </Text>
              <Text size="sm" c="dimmed">
                {current?.personal ? "Personal" : "Workspace"}
              </Text>
            </Box>
            <ChevronsUpDown size={14} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Workspaces</Menu.Label>
        {workspaces.map((each) => (
          <Menu.Item key={each.id} onClick={() => (each.id === id ? undefined : onChange(each.id))} rightSection={each.id === id ? <Check size={14} aria-label="current" /> : null}>
            {each.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
