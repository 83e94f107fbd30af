import { notifications } from "@mantine/notifications";
import { describe } from "@/shared/api/problem";

const DONE_MS = 4_000;

/** Says in the corner that something was done: "Saved". For what the page itself does not show. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: "good", autoClose: DONE_MS, withBorder: true });
}

/** Says that something failed, until it is closed. For failures that have no place of their own on the page. */
export function notifyFailed(error: unknown): void {
  const { what, next } = describe(error);
  notifications.show({ title: what, message: next, color: "bad", autoClose: false, withBorder: true });
}
