import { badArgument } from "../errors.js";
import type { GraphData, NameOptions } from "./types.js";

/** The names in effect. */
export function namesOf(options: NameOptions, type: string): Required<NameOptions> {
  const names = {
    weight: options.weight === undefined ? "weight" : options.weight,
    type: options.type === undefined ? type : options.type,
  };
  for (const [option, name] of Object.entries(names)) {
    if (name !== null && typeof name !== "string") throw badArgument(option, "a name or null", name);
  }
  if (names.weight === names.type && names.type !== null) throw badArgument("type", "another name than weight has", names.type);
  return names;
}

/** Whether the weights say more than a file without them. */
export function usesWeights({ weights }: GraphData): boolean {
  return weights.some((weight) => weight !== 1);
}

/** Whether the types say more than a file without them. */
export function usesTypes({ types, typeNames }: GraphData): boolean {
  return types.length > 0 && (typeNames !== undefined || types.some((type) => type !== 0));
}

/** Name of an edge's type. */
export function typeNameOf({ types, typeNames }: GraphData, edge: number): string {
  return typeNames?.[types[edge]] ?? String(types[edge]);
}

/** Refuses two columns of one name, of which one comes from another part of the graph. */
export function claimed(part: string, columns: readonly { name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name))
      throw badArgument(part, "no attribute with the name that weights, types, coordinates or labels have in the file", name);
    names.add(name);
  }
}
