import { useBlocker } from "@tanstack/react-router";
import { useUnsaved } from "@/shared/unsaved";
import { LeaveDialog } from "./LeaveDialog";

/**
 * Asks before another page is opened, the workspace switched, the tab closed or the page loaded anew, as long as `when` holds: a
 * form that was changed. Going to another tab or step of the same page is no leaving.
 */
export function LeaveGuard({ when }: { when: boolean }) {
  useUnsaved(when);
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => when && current.pathname !== next.pathname,
    enableBeforeUnload: () => when,
    withResolver: true,
  });
  return <LeaveDialog opened={status === "blocked"} onStay={() => reset?.()} onGo={() => proceed?.()} />;
}
