// npm run build: WebAssembly, then the JavaScript bundles, then the types, then the table of sizes.
// --wasm-only [module...] builds just the modules.
import { buildJs } from "./js.mjs";
import { printSizes } from "./sizes.mjs";
import { buildWasm } from "./wasm.mjs";

const [, , flag, ...named] = process.argv;
if (flag === "--wasm-only") {
  for (const size of await buildWasm({ only: named.length > 0 ? named : undefined })) {
    console.log(`${size.name}.wasm  ${size.raw} bytes, ${size.gzip} gzip`);
  }
} else {
  const wasm = await buildWasm();
  await buildJs();
  if (!(await printSizes(wasm))) process.exitCode = 1;
}
