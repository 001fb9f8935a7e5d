import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: [
      { find: /^mfn$/, replacement: new URL("./src/index.ts", import.meta.url).pathname },
      { find: /^mfn\/node$/, replacement: new URL("./src/node/index.ts", import.meta.url).pathname },
      { find: /^mfn\/(ifr|dsr|alm|cpe|text|formats|exchange|samples)$/, replacement: new URL("./src/$1.ts", import.meta.url).pathname },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    setupFiles: ["test/setup.ts"],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      // The command line runs in processes of its own: test/node/cli.test.ts.
      exclude: [
        "src/wasm/generated/**",
        "src/node/cli.ts",
        "src/node/commands/**",
        "src/node/output.ts",
        "src/node/exit.ts",
        "src/node/settle.ts",
      ],
      thresholds: { lines: 95 },
      reporter: ["text", "json-summary"],
    },
  },
});
