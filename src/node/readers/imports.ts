// Which files of a tree a source file names. Found by patterns, not by parsing: what a pattern finds counts only if it leads to a
// file that is there, so a match in a comment or string does little harm. Packages from elsewhere lead nowhere.
import { posix } from "node:path";

const { dirname, basename, join } = posix;

/** The paths of a tree, with "/" between folders, ready for resolving. */
export class Tree {
  readonly paths: ReadonlySet<string>;
  /** The path of the Go module that a folder with a go.mod declares, by folder. */
  readonly goModules = new Map<string, string>();
  /** Go files without tests, by folder: a Go package is a folder. */
  readonly #goFiles = new Map<string, string[]>();
  /** Paths by their last part, for includes that name the end of a path. */
  readonly #byName = new Map<string, string[]>();

  constructor(paths: Iterable<string>) {
    this.paths = new Set(paths);
    for (const path of this.paths) {
      if (path.endsWith(".go") && !path.endsWith("_test.go")) push(this.#goFiles, dirname(path), path);
      if (isC.test(path)) push(this.#byName, basename(path), path);
    }
  }

  /** The first of some paths that is a file of the tree. */
  first(candidates: Iterable<string>): string | undefined {
    for (const path of candidates) if (this.paths.has(path)) return path;
    return undefined;
  }

  goFiles(folder: string): readonly string[] {
    return this.#goFiles.get(folder) ?? [];
  }

  /** The one path that ends in `end` (whole parts); undefined if there is none or more. */
  onlyEnd(end: string): string | undefined {
    const found = (this.#byName.get(basename(end)) ?? []).filter((path) => path.endsWith(`/${end}`));
    return found.length === 1 ? found[0] : undefined;
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

const isJs = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/;
const isPython = /\.pyi?$/;
const isC = /\.(?:[ch]|cc|cpp|cxx|c\+\+|hh|hpp|hxx|inl|m|mm|ino|cu|cuh)$/i;

/**
 * The files of the tree that a file imports, in the order of the text, each once, itself left out. Knows JavaScript, TypeScript
 * and AssemblyScript (relative specifiers), Python, includes of C and its kin, Go (by the go.mod above) and Rust.
 */
export function importsOf(path: string, content: string, tree: Tree): string[] {
  const found = new Set<string>();
  const add = (target: string | undefined) => {
    if (target !== undefined && target !== path) found.add(target);
  };
  if (isJs.test(path)) fromJs(path, content, tree, add);
  else if (isPython.test(path)) fromPython(path, content, tree, add);
  else if (isC.test(path)) fromC(path, content, tree, add);
  else if (path.endsWith(".go")) fromGo(path, content, tree, add);
  else if (path.endsWith(".rs")) fromRust(path, content, tree, add);
  return [...found];
}

type Add = (target: string | undefined) => void;

// Repetitions in these patterns are bounded: the content is anyone's, and must not make matching quadratic.
const jsSpecifier = /(?:\bfrom\s{0,99}|\bimport\s{0,99}(?:\(\s{0,99})?|\brequire\s{0,99}\(\s{0,99})(["'])(\.{1,2}(?:\/[^"'\n]*)?)\1/g;
const jsEndings = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".vue", ".svelte", ".astro"];

function fromJs(path: string, content: string, tree: Tree, add: Add): void {
  for (const [, , specifier] of content.matchAll(jsSpecifier)) {
    const target = join(dirname(path), specifier.replace(/[?#].*$/, "").replace(/\/$/, ""));
    // TypeScript names the file that it will be compiled to.
    const source = target.replace(/js(x?)$/, "ts$1");
    const candidates = [
      target,
      source,
      ...jsEndings.map((ending) => target + ending),
      ...jsEndings.map((ending) => join(target, `index${ending}`)),
    ];
    add(tree.first(candidates));
  }
}

const pythonImport = /^[ \t]*(?:from[ \t]+(\.{0,9})([\w.]*)[ \t]+import[ \t]+(\([^)]{0,4096}\)|[^\n#;]*)|import[ \t]+([^\n#;]+))/gm;

function fromPython(path: string, content: string, tree: Tree, add: Add): void {
  const folder = dirname(path);
  /** A dotted name below a folder: a module, or a package. */
  const module = (base: string, dotted: string): string | undefined => {
    const target = join(base, dotted.replaceAll(".", "/"));
    return tree.first([`${target}.py`, `${target}.pyi`, `${target}/__init__.py`]);
  };
  /** An absolute name is looked for in the file's folder and all above it, and in the usual source folder. */
  const bases = [...ancestors(folder), "src"];
  const absolute = (dotted: string): string | undefined => {
    for (const base of bases) {
      const target = module(base, dotted);
      if (target !== undefined) return target;
    }
    return undefined;
  };
  for (const [, dots, from, names, plain] of content.matchAll(pythonImport)) {
    if (plain !== undefined) {
      for (const name of plain.split(",")) add(absolute(name.trim().split(/\s/, 1)[0]));
      continue;
    }
    const base = join(folder, "../".repeat(Math.max(0, dots.length - 1)));
    const find = dots === "" ? absolute : (dotted: string) => module(base, dotted);
    let submodules = 0;
    for (const name of names
      .replace(/[()]/g, "")
      .replace(/#[^\n]*/g, "")
      .split(",")) {
      const word = name.trim().split(/\s/, 1)[0];
      if (!/^\w+$/.test(word)) continue;
      const target = find(from === "" ? word : `${from}.${word}`);
      if (target !== undefined) submodules++;
      add(target);
    }
    // What is imported are names out of the module itself, unless they are modules.
    if (submodules === 0) add(from === "" ? tree.first([join(base, "__init__.py")]) : find(from));
  }
}

const include = /^[ \t]*#[ \t]*(?:include|import)[ \t]*(["<])([^">\n]+)[">]/gm;

function fromC(path: string, content: string, tree: Tree, add: Add): void {
  for (const [, quote, name] of content.matchAll(include)) {
    const near = quote === '"' ? [join(dirname(path), name)] : [];
    const target = tree.first([...near, join(name), join("include", name), join("src", name)]);
    // Angle brackets mostly name headers of the system, whose bare names say nothing.
    add(target ?? (quote === '"' || name.includes("/") ? tree.onlyEnd(join(name)) : undefined));
  }
}

/** The folder and the path of the Go module that a file declares, if it is a go.mod. */
export function goModuleOf(path: string, text: string): [folder: string, module: string] | undefined {
  const module = /(?:^|\/)go\.mod$/.test(path) ? /^module[ \t]+"?([^\s"]+)/m.exec(text)?.[1] : undefined;
  return module === undefined ? undefined : [dirname(path), module];
}

/** A Go package with more files is linked to its first ones only. */
const mostGoFiles = 16;

function fromGo(path: string, content: string, tree: Tree, add: Add): void {
  const root = ancestors(dirname(path)).find((folder) => tree.goModules.has(folder));
  if (root === undefined) return;
  const module = tree.goModules.get(root) as string;
  for (const [, block, single] of content.matchAll(/^import[ \t]*(?:\(([^)]{0,4096})\)|[^"\n]*"([^"\n]+)")/gm)) {
    const names = block === undefined ? [single] : [...block.matchAll(/"([^"\n]+)"/g)].map((match) => match[1]);
    for (const name of names) {
      if (name !== module && !name.startsWith(`${module}/`)) continue;
      for (const file of tree.goFiles(join(root, name.slice(module.length))).slice(0, mostGoFiles)) add(file);
    }
  }
}

/** Parts of a path that are looked at. */
const deepest = 32;

const rustItem = /^[ \t]*(?:pub(?:\([^)\n]*\))?[ \t]+)?(?:mod[ \t]+(\w+)[ \t]*;|use[ \t]+((?:crate|self|super)(?:::[\w:]+)?))/gm;

function fromRust(path: string, content: string, tree: Tree, add: Add): void {
  const folder = dirname(path);
  const name = basename(path, ".rs");
  /** Folder of the modules below this file's module. */
  const below = name === "mod" || name === "lib" || name === "main" ? folder : join(folder, name);
  const root = ancestors(folder).find((at) => tree.paths.has(join(at, "lib.rs")) || tree.paths.has(join(at, "main.rs")));
  for (const [, mod, use] of content.matchAll(rustItem)) {
    if (mod !== undefined) {
      add(tree.first([join(below, `${mod}.rs`), join(below, mod, "mod.rs")]));
      continue;
    }
    const parts = use.split("::", deepest).filter((part) => part !== "");
    let base: string | undefined = below;
    let at = 1;
    if (parts[0] === "crate") base = root;
    else if (parts[0] === "super") {
      for (base = dirname(below); parts[at] === "super"; at++) base = dirname(base);
    }
    if (base === undefined) continue;
    // The last parts are items of the module: the longest prefix that is a file.
    for (let end = parts.length; end > at; end--) {
      const target = tree.first([join(base, `${parts.slice(at, end).join("/")}.rs`), join(base, ...parts.slice(at, end), "mod.rs")]);
      if (target === undefined) continue;
      add(target);
      break;
    }
  }
}

/** A folder and all above it, the root (".") last. */
function ancestors(folder: string): string[] {
  const all = [folder];
  while (folder !== ".") {
    folder = dirname(folder);
    all.push(folder);
  }
  return all;
}
