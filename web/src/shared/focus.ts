import { type RefObject, useEffect, useRef } from "react";

/**
 * Gives the focus to what the ref is on when `place` changes, so that who has no mouse goes on there and not at the page's
 * begin. Inside it, what is marked with `data-autofocus` comes first. `unless`: whether the focus is well where it is.
 */
export function useFocusOn<Part extends HTMLElement>(place: string, unless?: (part: Part) => boolean): RefObject<Part | null> {
  const part = useRef<Part>(null);
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    const element = part.current;
    if (element === null || unless?.(element) === true) return;
    const first = element.querySelector<HTMLElement>("[data-autofocus]") ?? element;
    first.focus({ preventScroll: first === element });
    // oxlint-disable-next-line react/exhaustive-deps -- when the place changes, and at no other time
  }, [place]);
  return part;
}
