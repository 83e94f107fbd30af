import "@mantine/notifications/styles.css";
import { Notifications } from "@mantine/notifications";

/** Where notices appear. Those that came before it was loaded are shown then. */
export function Notices() {
  return <Notifications position="bottom-right" />;
}
