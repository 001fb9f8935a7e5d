// What the layers say of a candidate, as numbers that the fusion can weigh. One row a candidate, FEATURES columns.
// Every feature belongs to one layer, so that a result can say how much of its score each layer brought.

/** The four layers: `ifr` exact, `dsr` similarity, `alm` association, `cpe` prediction. */
export type LayerName = "ifr" | "dsr" | "alm" | "cpe";
/** Their order: the bits of a mask, and the rows of every table by layer. */
export const LAYERS: readonly LayerName[] = ["ifr", "dsr", "alm", "cpe"];

/** Name, layer, the weight before anything was learned, and whether it takes a further question to its layer: then it counts only in depth. */
type Feature = readonly [name: FeatureName, layer: LayerName, prior: number, deep?: true];

export const FEATURE_TABLE: readonly Feature[] = [
  // IFR: what the registry's exact identity says: this very thing was in the stream before.
  ["seen", "ifr", 0.1],
  // Logarithm of how many events ago, and of how often.
  ["stepsAgo", "ifr", 0],
  ["timesSeen", "ifr", 0],
  ["current", "ifr", -0.5],
  // Where the current thing was come to from, the first time: going back leads there.
  ["cameFrom", "ifr", 0.1],
  // The current thing led there before, in this stream.
  ["ledTo", "ifr", 0],
  ["first", "ifr", 0],
  // When it was last observed in any stream.
  ["recency", "ifr", 0],
  // DSR: similarity (see `similarity` in flow.ts) to the things the stream has touched.
  ["similarToCurrent", "dsr", 0.5, true],
  ["similarToPrevious", "dsr", 0.3, true],
  ["similarToStart", "dsr", 0.2, true],
  ["hasVector", "dsr", 0, true],
  // ALM: an edge from the current or the previous thing, how strong it is among its siblings, how often the candidate is linked to.
  ["edge", "alm", 1],
  ["edgeStrength", "alm", 0.8],
  ["edgeFromPrevious", "alm", 0.2, true],
  ["reach", "alm", 0.2],
  ["inDegree", "alm", 0.7, true],
  // CPE: log-probability of the candidate after the stream's history as far as it is among the likeliest; the same with a share for
  // every edge from the current thing, which is what a count of few events should be smoothed with.
  ["logPredicted", "cpe", 1.4],
  ["logPredictedSmoothed", "cpe", 1],
  // The same for every candidate; and how frequent the candidate is on its own.
  ["logProbability", "cpe", 1.4, true],
  ["logSmoothed", "cpe", 1, true],
  ["logFrequency", "cpe", 0.7, true],
];

/** The name of a feature. */
export type FeatureName = keyof typeof Column;

/** The column of each feature, in the order of the table; as an enumeration, so that a bundler writes the numbers. */
export enum Column {
  seen = 0,
  stepsAgo = 1,
  timesSeen = 2,
  current = 3,
  cameFrom = 4,
  ledTo = 5,
  first = 6,
  recency = 7,
  similarToCurrent = 8,
  similarToPrevious = 9,
  similarToStart = 10,
  hasVector = 11,
  edge = 12,
  edgeStrength = 13,
  edgeFromPrevious = 14,
  reach = 15,
  inDegree = 16,
  logPredicted = 17,
  logPredictedSmoothed = 18,
  logProbability = 19,
  logSmoothed = 20,
  logFrequency = 21,
}

/** A set of layers as bits: 1 << index in LAYERS; with DEEP, as far as they were asked in depth. */
export type LayerMask = number;
/** The bit of a mask that says that features which take a further question to their layer are there. */
export const DEEP: LayerMask = 1 << LAYERS.length;
export const ALL_LAYERS: LayerMask = DEEP - 1;
export function maskOf(layers: readonly LayerName[]): LayerMask {
  return layers.reduce((mask, layer) => mask | bitOf(layer), 0);
}
export function bitOf(layer: LayerName): LayerMask {
  return 1 << LAYERS.indexOf(layer);
}
