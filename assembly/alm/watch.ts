// What the full module keeps up with every change of an edge: how many there were, and how a straight line bounds a path from below (mesh/places.ts). The lean module never
// calls `watch`, so that `watched` is a constant there and all this falls away, and so do undirected edges and limits of degree, which only `Alm` has.

import { header } from "./layout";

export let watched: bool = false;

/** Says that this is the full module. */
export function watch(): void {
  watched = true;
}

/** A weight was changed. */
export function changed(): void {
  header().changes++;
}

/** The arcs of a node have come into another order. */
export function reordered(): void {
  header().shapes++;
}

/** An edge was made or removed. */
export function shaped(): void {
  const h = header();
  h.changes++;
  h.shapes++;
}

/**
 * Keeps `scale` times the straight distance of an edge's ends at most its stored weight, where there are coordinates. An end without
 * leaves no bound but 0.
 */
export function lower(from: u32, to: u32, stored: f32): void {
  const h = header();
  if (max<u32>(from, to) >= h.placed) {
    h.scale = 0;
    return;
  }
  const a = <usize>h.places + ((<usize>from) << 4);
  const z = <usize>h.places + ((<usize>to) << 4);
  const x = load<f64>(a) - load<f64>(z);
  const y = load<f64>(a, 8) - load<f64>(z, 8);
  const straight = sqrt(x * x + y * y);
  if (<f64>stored < h.scale * straight) h.scale = <f64>stored / straight;
}
