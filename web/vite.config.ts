import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // The server says in <base> where it is, because that is not known when this is built.
  base: "./",
  plugins: [react()],
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
