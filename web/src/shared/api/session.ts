/**
 * The session of this browser. The refresh token is in a cookie that no script reads; the access token is in memory, and
 * all tabs share each new one.
 */
import { address } from "./address";

/** What a sign-in is answered with. */
export interface Told {
  accessToken: string;
  expiresIn: number;
}

/** `lost`: the session ended by itself or was ended elsewhere, and nobody pressed "Sign out" in this browser. */
type Listener = (signedIn: boolean, lost: boolean) => void;

const LOCK = "trunkline-session";
/** So that a token is not used in the moment in which it expires. */
const EARLY_MS = 20_000;
/** For how long a tab waits for its own mark, before it goes on without. */
const MARK_MS = 1_000;

let token: string | null = null;
let until = 0;
const listeners = new Set<Listener>();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(LOCK);
/** The same channel once more: a channel does not hear itself. */
const marker = channel && new BroadcastChannel(LOCK);

type Message = { token: string | null; until: number; lost: boolean } | { mark: string };

channel?.addEventListener("message", ({ data }: MessageEvent<Message>) => {
  if ("token" in data) set(data.token, data.until, data.lost);
});

function set(next: string | null, end: number, lost: boolean): void {
  const changed = (token === null) !== (next === null);
  token = next;
  until = end;
  if (changed) for (const listener of listeners) listener(next !== null, lost);
}

function share(next: string | null, end: number, lost = false): void {
  set(next, end, lost);
  channel?.postMessage({ token: next, until: end, lost } satisfies Message);
}

/** Hear of signing in and out, here or in another tab. Gives what ends that. */
export function onSession(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Keep what a sign-in was answered with. */
export function begin(told: Told): void {
  share(told.accessToken, Date.now() + told.expiresIn * 1000);
}

/** Forget the session, in all tabs. The server has to be told besides. */
export function forget(): void {
  share(null, 0);
}

/** The access token; null: nobody is signed in. `stale` is one that the server has just refused. */
export async function accessToken(stale: string | null = null): Promise<string | null> {
  const fresh = (): boolean => token !== null && token !== stale && Date.now() < until - EARLY_MS;
  if (fresh()) return token;
  // Without HTTPS browsers have no locks; the server bears two that refresh at once.
  if (!("locks" in navigator)) return refresh();
  // One tab refreshes at a time; the next ones find its token.
  return navigator.locks.request(LOCK, async () => {
    // A tab may get the lock before the message of the tab that had it.
    if (!fresh()) await heardAll();
    return fresh() ? token : refresh();
  });
}

/** Until all that other tabs have told so far is heard: messages come in order, and a mark of one's own comes after them. */
function heardAll(): Promise<void> {
  return new Promise((resolve) => {
    const mark = crypto.randomUUID();
    const timer = setTimeout(done, MARK_MS);
    channel?.addEventListener("message", hear);
    if (marker === null) done();
    else marker.postMessage({ mark } satisfies Message);
    function hear({ data }: MessageEvent<Message>): void {
      if ("mark" in data && data.mark === mark) done();
    }
    function done(): void {
      clearTimeout(timer);
      channel?.removeEventListener("message", hear);
      resolve();
    }
  });
}

async function refresh(): Promise<string | null> {
  const answer = await fetch(address("/api/auth/refresh"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ cookie: true }),
  });
  if ([204, 401, 403].includes(answer.status)) share(null, 0, true);
  else if (answer.ok) begin((await answer.json()) as Told);
  else throw new Error(`The server answered ${answer.status}.`);
  return token;
}
