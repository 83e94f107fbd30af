// Fails when what every visitor loads first is over the limit: the page's script and what it imports at once.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 280;
const folder = new URL("../../src/trunkline/faces/console/dist/", import.meta.url);
const seen = new Set();

function take(name) {
  if (seen.has(name)) return;
  seen.add(name);
  const code = readFileSync(new URL(`assets/${name}`, folder), "utf8");
  for (const [, imported] of code.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) take(imported);
}

const page = readFileSync(new URL("index.html", folder), "utf8");
for (const [, name] of page.matchAll(/assets\/([^"]+\.js)/g)) take(name);
const total = [...seen].reduce((sum, name) => sum + gzipSync(readFileSync(new URL(`assets/${name}`, folder))).length, 0) / 1000;
if (seen.size === 0 || total > LIMIT_KB) {
  console.error(`The console's first scripts are ${total.toFixed(0)} kB (gzip): ${[...seen].join(", ")}. The limit is ${LIMIT_KB} kB.`);
  process.exit(1);
}
