// A configuration of workerd (the runtime of Cloudflare Workers) for the smoke program. workerd compiles no WebAssembly from bytes while
// a worker runs: the modules of dist/wasm are parts of the worker, compiled when it is loaded, and given to the package as options.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** What workerd runs as a test: it fails if this throws. */
const entry = (/** @type {string[]} */ wasm) => `import { smoke } from "./test/package/smoke.mjs";
${wasm.map((name, i) => `import module${i} from "./dist/wasm/${name}.wasm";`).join("\n")}
const modules = { ${wasm.map((name, i) => `"${name}": module${i}`).join(", ")} };
export default { async test() { console.log(await smoke(modules)); } };
`;

/**
 * Writes the worker into a folder.
 * @param {string} root the project's folder, built
 * @param {string} folder where to write
 * @returns {Promise<string[]>} arguments for workerd: it prints what the smoke program returns
 */
export async function workerdTest(root, folder) {
  await mkdir(folder, { recursive: true });
  const wasm = (await readdir(join(root, "dist/wasm"))).map((file) => basename(file, ".wasm"));
  const scripts = async (/** @type {string} */ from) => {
    const names = await readdir(join(root, from));
    return names.filter((name) => name.endsWith(".js")).map((name) => `${from}/${name}`);
  };
  const files = ["test/package/smoke.mjs", ...(await scripts("dist")), ...(await scripts("dist/chunks"))];
  await writeFile(join(folder, "entry.mjs"), entry(wasm));
  const lines = [
    '(name = "entry.mjs", esModule = embed "entry.mjs")',
    ...files.map((file) => `(name = "${file}", esModule = embed "/${file}")`),
    ...wasm.map((name) => `(name = "dist/wasm/${name}.wasm", wasm = embed "/dist/wasm/${name}.wasm")`),
  ];
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "smoke", worker = .smoke)]);
const smoke :Workerd.Worker = (
  compatibilityDate = "2025-01-01",
  modules = [
    ${lines.join(",\n    ")}
  ]
);
`;
  const file = join(folder, "smoke.capnp");
  await writeFile(file, config);
  // The project's folder is where paths that begin with "/" are looked up.
  return ["test", `--import-path=${root}`, file];
}
