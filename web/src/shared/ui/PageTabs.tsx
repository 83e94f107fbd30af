import { Tabs } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { useUrlChoice } from "@/shared/search";
import classes from "./PageTabs.module.css";

/** A page's tabs; which is open stands in the address as `?tab=`. Only the open one is mounted, and one that is to `stay`: what is typed there is still there when one comes back. */
export function PageTabs({ label, tabs }: { label: string; tabs: { value: string; label: ReactNode; panel: ReactNode; stay?: boolean }[] }) {
  const values = tabs.map((tab) => tab.value);
  const [open, setOpen] = useUrlChoice("tab", values, values[0] ?? "");
  const list = useRef<HTMLDivElement>(null);
  // On a phone the open one may stand beside the screen.
  useEffect(() => {
    const tab = list.current?.querySelector<HTMLElement>("[data-active]");
    if (tab) list.current?.scrollTo({ left: tab.offsetLeft - (list.current.clientWidth - tab.offsetWidth) / 2 });
  }, [open]);
  return (
    <Tabs value={open} onChange={(next) => setOpen(next ?? "")} keepMounted={false}>
      <Tabs.List ref={list} aria-label={label} mb="md" className={classes.list ?? ""}>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab.value} value={tab.value}>
            {tab.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab.value} value={tab.value} keepMounted={tab.stay === true}>
          {tab.panel}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
