/** How many stops are remembered: more than a dialog has, so that what opened it is among them. */
const MOST = 200;

/** Where the focus was, and behind it what around it could take it. What has left the page shall not stay in memory for that. */
type Stop = readonly WeakRef<HTMLElement>[];

/**
 * When what has the focus goes away (a dialog is closed, a row deleted, a button waits for an answer), the browser gives the
 * focus to nothing, and who has no mouse begins at the top. Until the returned function is called, it goes instead to what was
 * around it, or to where it was before. Whoever clicks beside everything keeps nothing focused.
 */
export function keepFocus(): () => void {
  let stops: Stop[] = [];
  let isGivenUp = false;
  const remember = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    isGivenUp = false;
    const before = stops.filter((stop) => stop[0]?.deref() !== target && stop.some((each) => each.deref()?.isConnected));
    stops = [...before, [target, ...listAround(target)].map((each) => new WeakRef(each))].slice(-MOST);
  };
  const giveUp = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    // Whether it goes away is known when whoever takes it away is done.
    queueMicrotask(() => {
      if (hasNoFocus() && isUsable(target)) isGivenUp = true;
    });
  };
  const giveBack = () => {
    const last = stops.at(-1);
    if (isGivenUp || last === undefined || !hasNoFocus()) return;
    const element = last[0]?.deref();
    // It is only waiting: its turn comes when it can be used again.
    if (element?.isConnected && element.matches(":disabled[data-loading]")) return;
    for (const stop of stops.toReversed()) {
      const taker = stop.flatMap((each) => each.deref() ?? []).find(isUsable);
      if (taker === undefined) continue;
      taker.focus({ preventScroll: true });
      return;
    }
  };
  const changes = new MutationObserver(giveBack);
  document.addEventListener("focusin", remember);
  document.addEventListener("focusout", giveUp);
  changes.observe(document.body, { subtree: true, childList: true, attributeFilter: ["disabled", "data-loading"] });
  return () => {
    document.removeEventListener("focusin", remember);
    document.removeEventListener("focusout", giveUp);
    changes.disconnect();
  };
}

function hasNoFocus(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function isUsable(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(":disabled");
}

function listAround(element: HTMLElement): HTMLElement[] {
  const around: HTMLElement[] = [];
  for (let next = element.parentElement; next !== null; next = next.parentElement) if (next.hasAttribute("tabindex")) around.push(next);
  return around;
}
