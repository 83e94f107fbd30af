import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

/** So near to the end is at the end. */
const NEAR_PX = 80;

/** Keeps a scrolling box at its end while it grows, as long as the reader is there. */
export function useSticky(): {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  atEnd: boolean;
  toEnd: () => void;
} {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const [atEnd, setAtEnd] = useState(true);
  const toEnd = useCallback(() => {
    sticks.current = true;
    const box = scroller.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
  }, []);
  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (box === null || inner === null) return undefined;
    let before = box.scrollTop;
    const look = (): void => {
      const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      // Only the reader goes up: growing content moves nothing.
      if (near) sticks.current = true;
      else if (box.scrollTop < before) sticks.current = false;
      before = box.scrollTop;
      setAtEnd(near || sticks.current);
    };
    const growing = new ResizeObserver(() => {
      if (sticks.current) box.scrollTop = box.scrollHeight;
      look();
    });
    growing.observe(inner);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      growing.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, []);
  return { scroller, content, atEnd, toEnd };
}
