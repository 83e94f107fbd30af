import { AppShell, Box, Burger, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useRouterState } from "@tanstack/react-router";
import type { Me } from "@/features/account/api";
import { AccountMenu } from "./AccountMenu";
import { HealthWord } from "./HealthWord";
import { Navigation } from "./Navigation";
import { ITEMS } from "./navigation";
import classes from "./Shell.module.css";
import { WorkspaceSwitcher } from "./WorkspaceSwitcher";

/** What stands around every page. */
export function Shell({ me, onWorkspace }: { me: Me; onWorkspace: (id: string) => void }) {
  const [open, { toggle, close }] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const title = ITEMS.find((item) => path.startsWith(item.to))?.label ?? "";
  return (
    <AppShell
      layout="alt"
      header={{ height: 52 }}
      navbar={{ width: 224, breakpoint: "sm", collapsed: { mobile: !open } }}
      padding={{ base: "md", sm: "lg" }}
    >
      <a href="#page" className="skip">
        Skip to the page
      </a>
      <AppShell.Header className={classes.bar} px={{ base: "md", sm: "lg" }}>
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" aria-expanded={open} />
            <Text fw={500}>{title}</Text>
          </Group>
          <HealthWord />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.bar} p="xs">
        <Group wrap="nowrap" gap={4}>
          <Box flex={1} miw={0}>
            <WorkspaceSwitcher workspaces={me.workspaces} onChange={onWorkspace} />
          </Box>
          <Burger opened onClick={close} hiddenFrom="sm" size="sm" aria-label="Close the navigation" />
        </Group>
        <Navigation onGo={close} />
        <AccountMenu user={me.user} />
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
