import { Box, NavLink, Text, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import { type Counts, countsQuery } from "@/features/home/api";
import { count } from "@/shared/format/quantity";
import { useWorkspace } from "@/shared/workspace";
import { GROUPS, type Item, itemAt, ITEMS } from "./navigation";
import classes from "./Navigation.module.css";
import { texts } from "./texts";

/** The list of pages that one's role may open; `onGo` is called when one is chosen. */
export function Navigation({ onGo }: { onGo?: () => void }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { client, id, may } = useWorkspace();
  const { data: counts } = useQuery(countsQuery(client, id));
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
                rightSection={<Count item={item} counts={counts} />}
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

/** How many there are; nothing where there are none. */
function Count({ item, counts }: { item: Item; counts: Counts | undefined }) {
  const number = item.count === undefined ? null : (counts?.[item.count.of] ?? null);
  if (item.count === undefined || number === null || number === 0) return null;
  const told = item.count.words(count(number));
  return (
    <Text span className={classes.count} title={told}>
      <span aria-hidden>{count(number)}</span>
      <VisuallyHidden>{told}</VisuallyHidden>
    </Text>
  );
}
