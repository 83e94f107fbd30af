// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";

const SOON = 900;

/** The module anew, as in a tab that was just opened, and a server that gives the tokens in turn. */
async function open(...answers: [status: number, token?: string, expiresIn?: number][]) {
  vi.resetModules();
  const asked = vi.fn<typeof fetch>();
  for (const [status, token, expiresIn = SOON] of answers) {
    asked.mockImplementationOnce(async () => (status === 204 ? new Response(null, { status }) : Response.json({ accessToken: token, expiresIn }, { status })));
  }
  vi.stubGlobal("fetch", asked);
  return { asked, session: await import("./session") };
}

beforeEach(() => vi.unstubAllGlobals());

test("the first question asks the server, by the cookie alone", async () => {
  const { asked, session } = await open([200, "one"]);
  expect(await session.accessToken()).toBe("one");
  const [address, init] = asked.mock.calls[0] ?? [];
  expect(String(address)).toMatch(/\/api\/auth\/refresh$/);
  expect(JSON.parse(String(init?.body))).toEqual({ cookie: true });
});

test("a token is used until it expires", async () => {
  const { asked, session } = await open([200, "one"]);
  await session.accessToken();
  expect(await session.accessToken()).toBe("one");
  expect(asked).toHaveBeenCalledTimes(1);
});

test("a token that is about to expire is not used", async () => {
  const { session } = await open([200, "one", 10], [200, "two"]);
  await session.accessToken();
  expect(await session.accessToken()).toBe("two");
});

test("a token that the server refused is replaced", async () => {
  const { session } = await open([200, "one"], [200, "two"]);
  await session.accessToken();
  expect(await session.accessToken("one")).toBe("two");
  expect(await session.accessToken("one")).toBe("two");
});

test.each([204, 401, 403])("a %i signs out, and is heard of", async (status) => {
  const { session } = await open([200, "one"], [status]);
  const heard: boolean[] = [];
  session.onSession((signedIn) => heard.push(signedIn));
  await session.accessToken();
  expect(await session.accessToken("one")).toBeNull();
  expect(heard).toEqual([true, false]);
});

test("a session that the server ended is lost; one that somebody ended is not", async () => {
  const { session } = await open([200, "one"], [401], [200, "two"]);
  const heard: [boolean, boolean][] = [];
  session.onSession((signedIn, lost) => heard.push([signedIn, lost]));
  await session.accessToken();
  await session.accessToken("one");
  await session.accessToken();
  session.forget();
  expect(heard).toEqual([[true, false], [false, true], [true, false], [false, false]]);
});

test("a server that is in trouble signs nobody out", async () => {
  const { session } = await open([200, "one"], [503], [200, "two"]);
  await session.accessToken();
  await expect(session.accessToken("one")).rejects.toThrow("503");
  expect(await session.accessToken("one")).toBe("two");
});

test("what was signed in elsewhere ends when it is forgotten", async () => {
  const { session } = await open([401]);
  session.begin({ accessToken: "one", expiresIn: SOON });
  expect(await session.accessToken()).toBe("one");
  session.forget();
  expect(await session.accessToken()).toBeNull();
});

/** One lock for all tabs, as browsers have it. */
function oneLock() {
  let last: Promise<unknown> = Promise.resolve();
  function request(_name: string, work: () => Promise<unknown>): Promise<unknown> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }
  return { request };
}

/** Tabs hear of each other, but later than the lock is free. */
class LateChannel extends EventTarget {
  static open: LateChannel[] = [];
  constructor() {
    super();
    LateChannel.open.push(this);
  }
  postMessage(data: unknown): void {
    for (const other of LateChannel.open) {
      if (other !== this) setTimeout(() => other.dispatchEvent(new MessageEvent("message", { data })), 20);
    }
  }
}

async function openTabs(count: number, ...answers: [status: number, token?: string][]) {
  LateChannel.open = [];
  vi.stubGlobal("BroadcastChannel", LateChannel);
  vi.stubGlobal("navigator", { locks: oneLock() });
  const first = await open(...answers);
  const tabs = [first.session];
  while (tabs.length < count) {
    vi.resetModules();
    tabs.push(await import("./session"));
  }
  return { asked: first.asked, tabs };
}

test("of tabs that ask at once one refreshes, and the others take its token", async () => {
  const { asked, tabs } = await openTabs(5, [200, "one"], [200, "two"]);
  expect(await Promise.all(tabs.map((tab) => tab.accessToken()))).toEqual(Array(5).fill("one"));
  expect(asked).toHaveBeenCalledTimes(1);
});

test("a tab whose request is refused after another has refreshed takes the token that is on its way", async () => {
  const { asked, tabs } = await openTabs(2, [200, "one"], [200, "two"], [200, "three"]);
  await Promise.all(tabs.map((tab) => tab.accessToken()));
  expect(await tabs[0]?.accessToken("one")).toBe("two");
  expect(await tabs[1]?.accessToken("one")).toBe("two");
  expect(asked).toHaveBeenCalledTimes(2);
});

test("a tab whose neighbour could not refresh tries by itself", async () => {
  const { tabs } = await openTabs(2, [503], [200, "two"]);
  const [failed, tried] = await Promise.allSettled(tabs.map((tab) => tab.accessToken()));
  expect(failed?.status).toBe("rejected");
  expect(tried).toEqual({ status: "fulfilled", value: "two" });
});
