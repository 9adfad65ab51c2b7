import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Where `/api` goes while developing: to a `jarvis serve`. */
const api = process.env.JARVIS_API ?? "http://127.0.0.1:4180";

/** KaTeX names each font in three formats. Every browser that runs this window reads the first, WOFF2. */
const onlyWoff2: Plugin = {
  name: "only-woff2",
  enforce: "pre",
  transform: (code, id) =>
    id.includes("katex") && id.includes(".css")
      ? code.replace(/,url\([^)]+\.(?:woff|ttf)\) format\("\w+"\)/g, "")
      : null,
};

export default defineConfig({
  // Relative addresses, so that the same files run from a server's root and from a custom scheme.
  base: "./",
  plugins: [onlyWoff2, react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { port: 4179, proxy: { "/api": { target: api, changeOrigin: true, headers: { origin: api } } } },
  build: {
    target: "es2022",
    // The content security policy lets no `data:` fonts or scripts in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        manualChunks: {
          react: ["react", "react-dom", "react-router", "@tanstack/react-query"],
          radix: ["radix-ui"],
        },
      },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/jsdom.ts", "src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
