import type { Bench } from "../harness.js";
import manifest from "./package.json" with { type: "json" };

// Some peers print; nothing may come between the rows on standard output.
console.log = console.error;

const versions: Record<string, string> = { ...manifest.dependencies, ...manifest.optionalDependencies };

/** A peer's name and version, as its rows show it. */
export function label(name: string): string {
  return `${name} ${versions[name]}`;
}

/**
 * The module of a peer, or undefined, with a message, where it is not here: those with native code are not built everywhere.
 * The caller says what it uses of it (`T`), so that nothing needs the peers' own types.
 */
export async function peer<T>(b: Bench, name: string, entry = name): Promise<T | undefined> {
  try {
    const module = await import(entry);
    // CommonJS keeps its exports under `default`, and what was an ES module before, its default under that once more.
    const inner = module.default;
    return { ...module, ...inner, default: inner?.default ?? inner } as T;
  } catch (error) {
    b.log(`${name} skipped: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
    return undefined;
  }
}
