// Tells Node that the files below dist/cjs are CommonJS, in a package whose own files are modules.

import { writeFileSync } from "node:fs";

writeFileSync(new URL("../dist/cjs/package.json", import.meta.url), '{ "type": "commonjs" }\n');
