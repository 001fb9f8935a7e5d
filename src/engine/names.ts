import { MfnError } from "../errors.js";
import { checkArray } from "../wasm/kernel.js";

/** The type an edge has when none is given. */
const DEFAULT_TYPE = "link";
const MOST_TYPES = 256;

/** Names of edge types and their numbers in ALM, given in the order of first use. */
export class TypeNames {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a type, or undefined if it was never used. */
  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  /** The number of a type, a new one if need be. @throws MfnError ERR_FULL at the 257th */
  intern(name: string = DEFAULT_TYPE): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#names.length === MOST_TYPES) throw new MfnError("ERR_FULL", `type: an engine knows at most ${MOST_TYPES} edge types`);
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  /** Forgets the types from number `count` on: undoes the latest `intern`s. */
  shrink(count: number): void {
    while (this.#names.length > count) this.#numbers.delete(this.#names.pop() as string);
  }

  get size(): number {
    return this.#names.length;
  }

  name(type: number): string {
    return this.#names[type];
  }

  /** The numbers of the types that are known among `names`; undefined if no names were given, which stands for all. */
  filter(names: readonly string[] | undefined): number[] | undefined {
    if (names === undefined) return undefined;
    return checkArray("types", names)
      .map((name) => this.#numbers.get(name))
      .filter((type) => type !== undefined);
  }
}
