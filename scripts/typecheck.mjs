// npm run typecheck: TypeScript of src, test, bench; AssemblyScript of assembly.
import { run } from "./run.mjs";

for (const project of [".", "assembly"]) {
  if ((await run("tsc", ["-p", project])) !== 0) process.exitCode = 1;
}
