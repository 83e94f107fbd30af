import { expect, type Locator, type Page } from "@playwright/test";

/** Somebody who has no mouse. Each stop of the focus must be seen, and lie in the window. */
export class Keyboard {
  /** What was stopped at since the last time that something was reached, for who reads a failure. */
  private stops: string[] = [];

  constructor(private readonly page: Page) {}

  /** Presses Tab until `target` has the focus. */
  async reach(target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    await expect(target).toBeVisible();
    this.stops = [];
    while (!(await target.evaluate((element) => element === document.activeElement))) {
      expect(this.stops.length, `${String(target)} is not reached by ${key}: ${this.stops.join(" → ")}`).toBeLessThan(MOST);
      await this.page.keyboard.press(key);
      await this.stop();
    }
  }

  /** Reaches it and presses it. */
  async press(target: Locator, key = "Enter"): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press(key);
  }

  /** Reaches a field and writes into it. */
  async write(target: Locator, text: string): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.type(text);
  }

  /** What has the focus is there, in view and marked. */
  async stop(): Promise<void> {
    const { name, missing } = await this.page.evaluate(lookAtFocus);
    this.stops.push(name);
    expect(missing, `${name}, after ${this.stops.join(" → ")}`).toBe("");
  }
}

/** More stops than any page has. */
const MOST = 120;

/** What the focus is on, and what somebody who looks for it would miss. */
function lookAtFocus(): { name: string; missing: string } {
  const element = document.activeElement;
  // The browser's own controls come after the page's last stop.
  if (element === null || element === document.body) return { name: "the browser", missing: "" };
  const name = `${element.tagName.toLowerCase()} “${(element.getAttribute("aria-label") ?? (element as HTMLElement).innerText ?? "").slice(0, 40)}”`;
  const accent = getComputedStyle(document.documentElement).getPropertyValue("--tl-accent").trim();
  const probe = document.createElement("i");
  probe.style.color = accent;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  // A switch and its kind show it on what stands beside their hidden field, a field in a frame on the frame.
  const shown = [element, element.nextElementSibling, element.parentElement, element.parentElement?.parentElement].filter((each) => each instanceof Element);
  for (const each of shown) for (const change of each.getAnimations()) change.finish();
  const isMarked = shown.some((each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 1) || (style.borderStyle !== "none" && style.borderColor === color);
  });
  if (!isMarked) return { name, missing: "a mark of the focus" };
  const box = (element.getBoundingClientRect().width > 1 ? element : (element.nextElementSibling ?? element)).getBoundingClientRect();
  if (box.bottom <= 0 || box.top >= window.innerHeight || box.right <= 0 || box.left >= window.innerWidth) return { name, missing: "its place in the window" };
  return { name, missing: "" };
}
