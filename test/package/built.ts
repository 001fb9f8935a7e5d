import { existsSync } from "node:fs";
import { join } from "node:path";

/** The project's folder. */
export const root = join(import.meta.dirname, "../..");

/** A file of the built package; says what to do if it was not built. */
export function built(path: string): string {
  const file = join(root, "dist", path);
  if (!existsSync(file)) throw new Error(`dist/${path} is not there: this test is of the built package, run "npm run build" first`);
  return file;
}
