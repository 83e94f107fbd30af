import { type Asked, open } from "./bench.ts";
import { measurePages } from "./pages.ts";
import { measureHeap, measureTyping, removePolicies } from "./streams.ts";

const asked = JSON.parse(process.argv[2] ?? "{}") as Asked;

const bench = await open(asked);
if (asked.parts.includes("pages")) await measurePages(bench, asked.only);
if (asked.parts.some((part) => part !== "pages")) await removePolicies(bench);
if (asked.parts.includes("typing")) await measureTyping(bench);
if (asked.parts.includes("heap")) await measureHeap(bench);
await bench.browser.close();
