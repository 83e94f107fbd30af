import type { Virtualizer, VirtualItem } from "@tanstack/react-virtual";
import type { ReactNode } from "react";

/** The rows of a table that are in sight, and the room of all the others above and below. `margin`: how far down the table begins. */
export function VirtualRows<Scroller extends Element | Window>({
  virtual,
  margin = 0,
  children,
}: {
  virtual: Virtualizer<Scroller, Element>;
  margin?: number;
  children: (item: VirtualItem) => ReactNode;
}) {
  const items = virtual.getVirtualItems();
  const above = (items[0]?.start ?? margin) - margin;
  const below = virtual.getTotalSize() - ((items.at(-1)?.end ?? margin) - margin);
  return (
    <>
      {above > 0 ? <tr aria-hidden style={{ height: above }} /> : null}
      {items.map(children)}
      {below > 0 ? <tr aria-hidden style={{ height: below }} /> : null}
    </>
  );
}
