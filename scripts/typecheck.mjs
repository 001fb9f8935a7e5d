// npm run typecheck: TypeScript of src, test, bench, examples; of demo, as a page and as workers; AssemblyScript of assembly.
import { run } from "./run.mjs";

for (const project of [".", "demo", "demo/tsconfig.worker.json", "assembly"]) {
  if ((await run("tsc", ["-p", project])) !== 0) process.exitCode = 1;
}
