/** For a box that scrolls by itself: the keyboard reaches it, and screen readers say what it is. */
export function scrolling(label: string): { tabIndex: 0; role: "group"; "aria-label": string } {
  return { tabIndex: 0, role: "group", "aria-label": label };
}
