// npm run demo: builds the page into build/demo, says what it weighs, and serves it on this machine.
//   --port <n>     default 4173; 0 for any that is free
//   --out <dir>    where the files go; default build/demo
//   --build-only   does not serve
//   --measure      opens the page in a headless Chromium and prints what it measures there, then ends
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildDemo } from "./demo/build.mjs";
import { serve } from "./demo/serve.mjs";
import { printWeight } from "./demo/weight.mjs";

const root = join(import.meta.dirname, "..");

/** @returns {{ port: number, out: string, buildOnly: boolean, measure: boolean }} */
function given() {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4173" },
      out: { type: "string", default: join(root, "build/demo") },
      "build-only": { type: "boolean", default: false },
      measure: { type: "boolean", default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535) throw new Error(`--port must be a number from 0 to 65535, got ${values.port}`);
  return { port, out: resolve(values.out), buildOnly: values["build-only"], measure: values.measure };
}

try {
  const { port, out, buildOnly, measure } = given();
  const files = await buildDemo(out);
  if (!printWeight(files)) process.exitCode = 1;
  else if (measure) {
    const { measureDemo } = await import("./demo/measure.mjs");
    const server = await serve(out, 0);
    await measureDemo(server.url).finally(server.close);
  } else if (!buildOnly) {
    const { url } = await serve(out, port);
    console.log(`\nThe page is at ${url} (Ctrl+C ends it); the benchmarks are at ${url}bench.html`);
  }
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
