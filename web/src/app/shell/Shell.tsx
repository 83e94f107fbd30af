import { AppShell, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { Fragment, useEffect } from "react";
import type { Me } from "@/features/account/api";
import { useFocusOn } from "@/shared/focus";
import { keepFocus } from "@/shared/focusKeeper";
import { LeaveDialog } from "@/shared/ui/LeaveDialog";
import { useWorkspace } from "@/shared/workspace";
import { ConnectionBanner } from "./ConnectionBanner";
import { Finder } from "./Finder";
import { Header } from "./Header";
import { RoleGate } from "./RoleGate";
import classes from "./Shell.module.css";
import { Sidebar } from "./Sidebar";
import { texts } from "./texts";
import { useSwitch } from "./useSwitch";

/** What stands around every page. Below the width of a tablet the navigation is a drawer. */
export function Shell({ me, onWorkspace }: { me: Me; onWorkspace: (id: string) => void }) {
  const [open, { open: show, close }] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname ?? "" });
  const page = useFocusOn<HTMLElement>(path, isInside);
  const { id } = useWorkspace();
  const { choose, asking, stay, leave } = useSwitch(onWorkspace);
  useEffect(keepFocus, []);
  return (
    <Finder>
      <AppShell
        layout="alt"
        header={{ height: 53 }}
        navbar={{ width: 224, breakpoint: "sm", collapsed: { mobile: true } }}
        padding={{ base: 16, sm: 28 }}
        transitionDuration={0}
      >
        <a href="#page" className="skip">
          {texts.skip}
        </a>
        <AppShell.Header className={classes.bar} px={{ base: 16, sm: 28 }}>
          <Header drawerOpen={open} onDrawer={show} />
        </AppShell.Header>
        <AppShell.Navbar className={classes.bar} p={10} visibleFrom="sm">
          <Sidebar me={me} onWorkspace={choose} />
        </AppShell.Navbar>
        <Drawer
          opened={open}
          onClose={close}
          size={280}
          title={texts.pages}
          closeButtonProps={{ "aria-label": texts.closeNavigation }}
          classNames={{ body: classes.drawer ?? "" }}
          hiddenFrom="sm"
        >
          <Sidebar me={me} onWorkspace={choose} onGo={close} />
        </Drawer>
        <AppShell.Main ref={page} id="page" tabIndex={-1} className={classes.page}>
          <ConnectionBanner />
          <RoleGate>
            {/* In another workspace nothing of a page is as it was: what was typed there, least of all. */}
            <Fragment key={id}>
              <Outlet />
            </Fragment>
          </RoleGate>
        </AppShell.Main>
      </AppShell>
      <LeaveDialog opened={asking} onStay={stay} onGo={leave} />
    </Finder>
  );
}

/** Somebody writes there already, or reads in a dialog. */
function isInside(page: HTMLElement): boolean {
  const focused = document.activeElement;
  return page.contains(focused) && focused !== page;
}
