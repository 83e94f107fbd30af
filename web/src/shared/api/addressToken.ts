let taken: string | undefined;

/** The token that a link carried. It leaves the address bar, and with that the history, at once. */
export function takeAddressToken(): string {
  if (taken === undefined) {
    const { hash, search, pathname } = window.location;
    taken = new URLSearchParams(hash.slice(1)).get("token") ?? new URLSearchParams(search).get("token") ?? "";
    if (taken !== "") window.history.replaceState(window.history.state, "", pathname);
  }
  return taken;
}
