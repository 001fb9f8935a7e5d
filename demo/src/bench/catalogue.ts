// What the benchmark page measures, in words: known to the page before, and without, the engine itself.

/** Unit that a time is shown in, per operation. */
export type Unit = "ns" | "us" | "ms";

export interface Entry {
  /** Names the row in a link; never used for other work. */
  id: string;
  layer: "IFR" | "DSR" | "ALM" | "CPE" | "MFN";
  /** The work, by operation. */
  name: string;
  /** How plain JavaScript does the same; undefined where nothing does. */
  peer: string | undefined;
  /** What a reader should know about the comparison. */
  note: string;
  unit: Unit;
}

/** All rows, in the order in which they are measured and shown. */
export const catalogue: readonly Entry[] = [
  {
    id: "ifr-cut",
    layer: "IFR",
    name: "Id of a string, one a call",
    peer: "Map.get",
    note: "10,000 keys; strings cut out of a text on both sides, half of them unknown",
    unit: "ns",
  },
  {
    id: "ifr-column",
    layer: "IFR",
    name: "Ids of 4,096 strings in a call",
    peer: "Map.get",
    note: "the same keys; ours come as bytes, the Map's are cut out of a text",
    unit: "ns",
  },
  {
    id: "ifr-same",
    layer: "IFR",
    name: "Id of a string that was asked for before",
    peer: "Map.get",
    note: "the same string objects again, in which the Map finds the hash that it left there",
    unit: "ns",
  },
  {
    id: "ifr-enter",
    layer: "IFR",
    name: "Enter a string",
    peer: "Map.set",
    note: "10,000 into a new registry, strings cut out of a text",
    unit: "ns",
  },
  {
    id: "ifr-fixed",
    layer: "IFR",
    name: "Id of 16 bytes, 3,072 in a call",
    peer: "Map.get",
    note: "10,000 keys; the Map needs a string of the bytes, which is made on the way",
    unit: "ns",
  },
  {
    id: "ifr-bloom",
    layer: "IFR",
    name: "Membership of 16 bytes in a filter",
    peer: "a Bloom filter on a Uint32Array",
    note: "10,000 keys, the same bits a key, eight bits each, half of the questions unknown",
    unit: "ns",
  },
  {
    id: "dsr-exact",
    layer: "DSR",
    name: "Ten nearest of 2,000 vectors, exact",
    peer: "a loop on a Float32Array",
    note: "cosine, 128 dimensions; the loop keeps four sums",
    unit: "us",
  },
  {
    id: "dsr-index",
    layer: "DSR",
    name: "Ten nearest of 10,000 vectors, by the index",
    peer: "a loop on a Float32Array",
    note: "cosine, 128 dimensions, around 64 centres; the index finds 95 % or more of the ten, the loop all",
    unit: "us",
  },
  {
    id: "dsr-distances",
    layer: "DSR",
    name: "Distance to one of 100 given vectors",
    peer: "a loop on a Float32Array",
    note: "cosine, 128 dimensions",
    unit: "ns",
  },
  {
    id: "alm-route",
    layer: "ALM",
    name: "Shortest path between two of 6,400 crossings",
    peer: "Dijkstra, typed arrays and a heap",
    note: "a live graph that may change, with the path; the peer's graph is fixed, and it finds the cost alone",
    unit: "us",
  },
  {
    id: "alm-bfs",
    layer: "ALM",
    name: "Breadth-first search of all of it",
    peer: "breadth first on typed arrays",
    note: "the same streets; the peer's graph is fixed",
    unit: "us",
  },
  {
    id: "alm-map",
    layer: "ALM",
    name: "The same, beside a graph that may change too",
    peer: "breadth first on a Map of arrays",
    note: "the same streets, as one writes them without a library",
    unit: "us",
  },
  {
    id: "alm-hops",
    layer: "ALM",
    name: "All within two hops",
    peer: "breadth first on typed arrays",
    note: "1,024 nodes, few hubs; the peer's graph is fixed, and it counts alone",
    unit: "us",
  },
  {
    id: "alm-link",
    layer: "ALM",
    name: "Enter an edge",
    peer: "a Map of Maps",
    note: "12,000 edges into a new graph",
    unit: "ns",
  },
  {
    id: "cpe-turn",
    layer: "CPE",
    name: "Predict five, then learn the event",
    peer: "Markov counts on Maps",
    note: "200 symbols, 64 streams; the peer counts pairs and gives no probabilities",
    unit: "us",
  },
  {
    id: "cpe-learn",
    layer: "CPE",
    name: "Learn an event",
    peer: "Markov counts on Maps",
    note: "the same streams",
    unit: "us",
  },
  {
    id: "mfn-get",
    layer: "MFN",
    name: "Value by key",
    peer: "Map.get",
    note: "2,000 things, the same string objects again",
    unit: "ns",
  },
  {
    id: "mfn-recall",
    layer: "MFN",
    name: "Recall through all four layers",
    peer: undefined,
    note: "2,000 things with vectors and links; nothing in plain JavaScript does this",
    unit: "us",
  },
];

/** What was measured of one entry. Times are in the entry's unit per operation. */
export interface Result {
  id: string;
  ours: number | undefined;
  theirs: number | undefined;
  /** Why there is no time: the check did not hold, or something threw. */
  failed?: string;
}
