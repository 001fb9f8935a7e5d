// npm run api [-- --check]: the API reference of all subpaths into build/api, or (--check) only the question whether it is whole.
// Everything exported is documented, no link is broken, no public signature names a type that is not exported; else it fails.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Application, TSConfigReader, TypeDocReader } from "typedoc";

const root = join(import.meta.dirname, "..");

/**
 * The subpaths with types, as package.json exports them, each with the source that it is built from.
 * @returns {Promise<{ name: string, source: string }[]>}
 */
async function entries() {
  const { name, exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return Object.entries(exports)
    .filter(([, { types }]) => types !== undefined)
    .map(([subpath, { types }]) => ({
      name: name + subpath.slice(1),
      source: types.replace("./dist/types/", "src/").replace(/\.d\.ts$/, ".ts"),
    }));
}

process.chdir(root);
const subpaths = await entries();
const app = await Application.bootstrap({ options: join(root, "typedoc.json"), entryPoints: subpaths.map(({ source }) => source) }, [
  new TypeDocReader(),
  new TSConfigReader(),
]);
const project = await app.convert();
if (project === undefined) throw new Error("the sources could not be read");
const modules = project.children ?? [];
for (const module of modules) {
  // TypeDoc names a module by its file below src; a reader knows it by its subpath.
  const subpath = subpaths.find(({ source }) => source === `src/${module.name}.ts` || source === `src/${module.name}/index.ts`);
  if (subpath === undefined) throw new Error(`${module.name}: no subpath of package.json`);
  module.name = subpath.name;
}
if (modules.length !== subpaths.length) throw new Error(`${subpaths.length} subpaths, ${modules.length} modules`);
app.validate(project);
const unsound = app.logger.hasErrors() || app.logger.hasWarnings();
if (unsound) process.exitCode = 1;
else if (process.argv.includes("--check")) console.log(`api: ${modules.length} subpaths, every export documented`);
else await app.generateOutputs(project);
