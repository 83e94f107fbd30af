import { Burger, Group } from "@mantine/core";
import { Crumbs } from "./Crumbs";
import { FindButton } from "./FindButton";
import { HealthWord } from "./HealthWord";
import { texts } from "./texts";

/** The bar above the page: where one is, finding, and how the providers are. */
export function Header({ drawerOpen, onDrawer }: { drawerOpen: boolean; onDrawer: () => void }) {
  return (
    <Group h="100%" justify="space-between" wrap="nowrap" gap="xs">
      <Group gap="xs" wrap="nowrap" miw={0}>
        <Burger opened={drawerOpen} onClick={onDrawer} hiddenFrom="sm" size="sm" aria-label={texts.openNavigation} aria-expanded={drawerOpen} />
        <Crumbs />
      </Group>
      <Group gap="sm" wrap="nowrap">
        <FindButton />
        <HealthWord />
      </Group>
    </Group>
  );
}
