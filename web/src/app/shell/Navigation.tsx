import { Box, NavLink, Text } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import { useWorkspace } from "@/shared/workspace";
import { GROUPS, itemAt, ITEMS } from "./navigation";
import classes from "./Navigation.module.css";
import { texts } from "./texts";

/** The list of pages that one's role may open; `onGo` is called when one is chosen. */
export function Navigation({ onGo }: { onGo?: () => void }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { may } = useWorkspace();
  const current = itemAt(path);
  const seen = ITEMS.filter((item) => item.may === undefined || may.has(item.may));
  return (
    <Box component="nav" aria-label={texts.pages} flex={1} mt="xs" className={classes.list}>
      {GROUPS.map((group) => {
        const items = seen.filter((item) => item.group === group);
        if (items.length === 0) return null;
        return (
          <Box key={group} mb="xs">
            {group === "" ? null : <Text className={classes.group}>{group}</Text>}
            {items.map((item) => (
              <NavLink
                key={item.to}
                component={Link}
                to={item.to}
                label={item.label}
                leftSection={<item.icon size={16} aria-hidden />}
                active={item === current}
                aria-current={item === current ? "page" : undefined}
                {...(onGo === undefined ? {} : { onClick: onGo })}
                className={classes.item}
              />
            ))}
          </Box>
        );
      })}
    </Box>
  );
}
