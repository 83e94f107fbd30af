import { type Dispatch, type SetStateAction, useEffect } from "react";

/** Takes what is typed before the palette's own field can: its code may still be on the way. Draws nothing. */
export function EarlyKeys({ onType, onClose }: { onType: Dispatch<SetStateAction<string>>; onClose: () => void }) {
  useEffect(() => {
    const take = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.key === "Escape") onClose();
      else if (event.key === "Backspace") onType((text) => text.slice(0, -1));
      else if ([...event.key].length === 1) onType((text) => text + event.key);
      else return;
      // Nothing of it is for the page below.
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("keydown", take, true);
    return () => window.removeEventListener("keydown", take, true);
  }, [onType, onClose]);
  return null;
}
