import { Menu, type MenuProps } from "@mantine/core";
import { cloneElement, type ReactElement, type ReactNode, useState } from "react";
import { flushSync } from "react-dom";

interface Target {
  autoFocus?: boolean;
  onClick?: () => void;
  "aria-haspopup"?: "menu";
  "aria-expanded"?: boolean;
}

/** A menu of which only the button exists until it is first pressed: tables have one in each row. */
export function LazyMenu({ target, children, ...menu }: { target: ReactElement<Target>; children: ReactNode } & Pick<MenuProps, "position" | "width">) {
  const [asked, setAsked] = useState(false);
  const [opened, setOpened] = useState(false);
  const open = () => {
    // The button is another one from then on: it has the focus before the menu opens, so that it gets it back.
    flushSync(() => setAsked(true));
    setOpened(true);
  };
  if (!asked) return cloneElement(target, { onClick: open, "aria-haspopup": "menu", "aria-expanded": false });
  return (
    <Menu opened={opened} onChange={setOpened} {...menu}>
      <Menu.Target>{cloneElement(target, { autoFocus: true })}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
