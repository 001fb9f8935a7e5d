// What the layers say of a candidate, as numbers a linear model can weigh. One row a candidate, FEATURES columns.
// Every feature belongs to one layer, so that a result can say how much of its score each layer brought.

export type LayerName = "ifr" | "dsr" | "alm" | "cpe";
export const LAYERS: readonly LayerName[] = ["ifr", "dsr", "alm", "cpe"];

interface Feature {
  readonly name: string;
  readonly layer: LayerName;
  /** The weight before anything was learned. */
  readonly prior: number;
}

const TABLE = [
  // IFR: what the registry's exact identity says: this very thing was in the stream before.
  { name: "seen", layer: "ifr", prior: 0.1 },
  { name: "previous", layer: "ifr", prior: 0.1 },
  { name: "current", layer: "ifr", prior: -0.5 },
  // DSR: similarity, 1 - cosine distance (or 1 / (1 + distance)), to the things the stream has touched.
  { name: "similarToCurrent", layer: "dsr", prior: 0.5 },
  { name: "similarToPrevious", layer: "dsr", prior: 0.3 },
  { name: "similarToStart", layer: "dsr", prior: 0.2 },
  { name: "hasVector", layer: "dsr", prior: 0 },
  // ALM: an edge from the current or the previous thing, how strong it is among its siblings, how often the candidate is linked to.
  { name: "edge", layer: "alm", prior: 1 },
  { name: "edgeStrength", layer: "alm", prior: 0.3 },
  { name: "edgeFromPrevious", layer: "alm", prior: 0.2 },
  { name: "reach", layer: "alm", prior: 0.2 },
  { name: "inDegree", layer: "alm", prior: 0.1 },
  // CPE: log-probability of the candidate after the stream's history; the same with a share for every edge from the current
  // thing, which is what a count of few events should be smoothed with; and how frequent the candidate is on its own.
  { name: "logProbability", layer: "cpe", prior: 0.4 },
  { name: "logSmoothed", layer: "cpe", prior: 0.3 },
  { name: "logFrequency", layer: "cpe", prior: 0.1 },
] as const satisfies readonly Feature[];

export type FeatureName = (typeof TABLE)[number]["name"];
export const FEATURE_TABLE: readonly Feature[] = TABLE;
export const FEATURES = TABLE.length;

/** The column of each feature. */
export const COLUMN = Object.fromEntries(TABLE.map((f, i) => [f.name, i])) as Record<FeatureName, number>;

/** The layer of each column, as an index into LAYERS. */
export const LAYER_OF_COLUMN = Uint8Array.from(TABLE, (f) => LAYERS.indexOf(f.layer));

/** A set of layers as bits: 1 << index in LAYERS. */
export type LayerMask = number;
export const ALL_LAYERS: LayerMask = (1 << LAYERS.length) - 1;
export function maskOf(layers: readonly LayerName[]): LayerMask {
  return layers.reduce((mask, layer) => mask | (1 << LAYERS.indexOf(layer)), 0);
}
