import { Box, NavLink, Text } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import { ITEMS } from "./navigation";
import classes from "./Navigation.module.css";

/** The list of pages; `onGo` is called when one is chosen. */
export function Navigation({ onGo }: { onGo: () => void }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const groups = [...new Set(ITEMS.map((item) => item.group))];
  return (
    <Box component="nav" aria-label="Pages" flex={1} mt="xs" className={classes.list}>
      {groups.map((group) => (
        <Box key={group} mb="sm">
          <Text className={classes.group}>{group}</Text>
          {ITEMS.filter((item) => item.group === group).map(({ to, label, icon: Icon }) => {
            const active = path.startsWith(to);
            return (
              <NavLink
                key={to}
                component={Link}
                to={to}
                label={label}
                leftSection={<Icon size={16} aria-hidden />}
                active={active}
                aria-current={active ? "page" : undefined}
                onClick={onGo}
                className={classes.item}
              />
            );
          })}
        </Box>
      ))}
    </Box>
  );
}
