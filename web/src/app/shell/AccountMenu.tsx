import { Avatar, Box, Group, Menu, Text, UnstyledButton, useMantineColorScheme, VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { type Me, signOut } from "@/features/account/api";

const LOOKS = [
  ["auto", "As the system", Monitor],
  ["light", "Light", Sun],
  ["dark", "Dark", Moon],
] as const;

/** Who is signed in, the look, and signing out. */
export function AccountMenu({ user }: { user: Me["user"] }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu width={220} position="top-start">
      <Menu.Target>
        <UnstyledButton p="xs">
          <Group gap="sm" wrap="nowrap">
            <Avatar size={28} name={user.name || user.email} aria-hidden />
            <VisuallyHidden>Account:</VisuallyHidden>
            <Box miw={0}>
              <Text size="sm" fw={600} truncate>
                {user.email}
              </Text>
              <Text size="sm" c="dimmed" tt="capitalize">
                {user.role}
              </Text>
            </Box>
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/account" leftSection={<UserRound size={16} aria-hidden />}>
          Account
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Look</Menu.Label>
        {LOOKS.map(([look, label, Icon]) => (
          <Menu.Item
            key={look}
            role="menuitemradio"
            aria-checked={colorScheme === look}
            leftSection={<Icon size={16} aria-hidden />}
            fw={colorScheme === look ? 600 : 400}
            onClick={() => setColorScheme(look)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
