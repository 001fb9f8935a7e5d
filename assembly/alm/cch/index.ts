// The module of the customisable contraction hierarchy. See layout.ts for what it keeps.
//
//   init; input, build, built .. builtWords copied out; settle, copied in; weightsIn, customise; then queries and customise at will.

import { arenaInit } from "../../core/arena";
import { Header, header, ranks, triangles } from "./layout";

export * from "../../core/exports";
export { build, built, builtWords, input } from "./build";
export { customise, weightsIn } from "./customise";
export { settle } from "./layout";
export { matrix, matrixAt, matrixIn } from "./matrix";
export { distance, route, routed } from "./query";

/** Starts the index. False if there is no memory. Called once, first. */
export function init(limit: u32): bool {
  return arenaInit(offsetof<Header>(), limit);
}

/** Arcs of the hierarchy. */
export function arcCount(): u32 {
  return header().arcs;
}

/** Nodes on the longest way to a root of the elimination tree. */
export function levelCount(): u32 {
  return header().levels;
}

/** Lower triangles of the hierarchy: the work of a customisation. */
export function triangleCount(): f64 {
  return <f64>triangles();
}

/** Where the ranks of the nodes are: u32[nodes]. */
export function rankList(): usize {
  return ranks;
}
