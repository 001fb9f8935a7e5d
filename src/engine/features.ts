// What the layers say of a candidate, as numbers a linear model can weigh. One row a candidate, FEATURES columns.
// Every feature belongs to one layer, so that a result can say how much of its score each layer brought.

/** The layers, in the order of the flow. */
export type LayerName = "ifr" | "dsr" | "alm" | "cpe";
export const LAYERS: readonly LayerName[] = ["ifr", "dsr", "alm", "cpe"];

/** Name, layer, and the weight before anything was learned. */
type Feature = readonly [name: string, layer: LayerName, prior: number];

const TABLE = [
  // IFR: what the registry's exact identity says: this very thing was in the stream before.
  ["seen", "ifr", 0.1],
  ["previous", "ifr", 0.1],
  ["current", "ifr", -0.5],
  // DSR: similarity (see `similarity` in flow.ts) to the things the stream has touched.
  ["similarToCurrent", "dsr", 0.5],
  ["similarToPrevious", "dsr", 0.3],
  ["similarToStart", "dsr", 0.2],
  ["hasVector", "dsr", 0],
  // ALM: an edge from the current or the previous thing, how strong it is among its siblings, how often the candidate is linked to.
  ["edge", "alm", 1],
  ["edgeStrength", "alm", 0.3],
  ["edgeFromPrevious", "alm", 0.2],
  ["reach", "alm", 0.2],
  ["inDegree", "alm", 0.1],
  // CPE: log-probability of the candidate after the stream's history; the same with a share for every edge from the current
  // thing, which is what a count of few events should be smoothed with; and how frequent the candidate is on its own.
  ["logProbability", "cpe", 0.4],
  ["logSmoothed", "cpe", 0.3],
  ["logFrequency", "cpe", 0.1],
] as const satisfies readonly Feature[];

/** What the fusion weighs of a candidate; which layer each belongs to, and what it says, is in docs/engine.md. */
export type FeatureName = (typeof TABLE)[number][0];
export const FEATURE_TABLE: readonly Feature[] = TABLE;
export const FEATURES = TABLE.length;

/** The column of each feature. */
export const COLUMN = Object.fromEntries(TABLE.map(([name], i) => [name, i])) as Record<FeatureName, number>;

/** The layer of each column, as an index into LAYERS. */
export const LAYER_OF_COLUMN = Uint8Array.from(TABLE, ([, layer]) => LAYERS.indexOf(layer));

/** A set of layers as bits: 1 << index in LAYERS. */
export type LayerMask = number;
export const ALL_LAYERS: LayerMask = (1 << LAYERS.length) - 1;
export function maskOf(layers: readonly LayerName[]): LayerMask {
  return layers.reduce((mask, layer) => mask | (1 << LAYERS.indexOf(layer)), 0);
}
