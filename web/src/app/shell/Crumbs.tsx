import { Text } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import { useCurrentTitle } from "@/shared/pageTitle";
import classes from "./Crumbs.module.css";
import { itemAt } from "./navigation";

/** Where one is: the page of the navigation, and what is open below it. */
export function Crumbs() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const title = useCurrentTitle();
  const item = itemAt(path);
  if (item === undefined || item.to === path || item.to === "/") {
    return (
      <Text fw={500} truncate>
        {item?.label ?? title}
      </Text>
    );
  }
  return (
    <Text fw={500} truncate>
      <Link to={item.to} className={classes.crumb}>
        {item.label}
      </Link>
      <Text span c="dimmed" fw={400}>
        {" / "}
      </Text>
      {title}
    </Text>
  );
}
