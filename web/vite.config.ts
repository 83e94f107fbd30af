import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// The pages that come with the server, the API reference among them, find the fonts by these names.
const FONTS = { inter: "inter/files/inter-latin", "jetbrains-mono": "jetbrains-mono/files/jetbrains-mono-latin" };

const fontsOfPages: Plugin = {
  name: "fonts-of-pages",
  generateBundle() {
    for (const [name, file] of Object.entries(FONTS)) {
      const source = readFileSync(here(`node_modules/@fontsource-variable/${file}-wght-normal.woff2`));
      this.emitFile({ type: "asset", fileName: `fonts/${name}.woff2`, source });
    }
  },
};

export default defineConfig({
  // The server says in <base> where it is, because that is not known when this is built.
  base: "./",
  publicDir: here("../src/trunkline/faces/http/look"),
  plugins: [react(), fontsOfPages],
  resolve: {
    alias: {
      "@": here("src"),
      // The client's sources: nothing has to be built before.
      "@trunkline/client": here("../clients/typescript/src/index.ts"),
      "@hpke/core": here("node_modules/@hpke/core"),
    },
  },
  build: {
    outDir: "../src/trunkline/faces/console/dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
