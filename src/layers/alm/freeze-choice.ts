import { MfnError } from "../../errors.js";
import type { Bytes } from "../../types.js";
import type { FreezeOptions, RouteIndexKind } from "./freeze-options.js";
import { Landmarks } from "./routes/alt.js";
import { CustomizableHierarchy } from "./routes/cch.js";
import { ContractionHierarchy } from "./routes/ch.js";
import { HubLabels } from "./routes/labels.js";
import type { FrozenGraph, RouteIndex } from "./routes/types.js";

/** Networks of at most so many nodes get labels. */
const MOST_LABELLED = 50_000;
/** Bytes a node that labels may take before another index is better. */
const LABEL_BYTES = 4000;
/** The share of the nodes that a hierarchy may leave uncontracted. */
const MOST_CORE = 0.01;
/** A graph has hubs if its largest degree is so many times the mean. */
const HUB = 20;

const classes = { labels: HubLabels, ch: ContractionHierarchy, cch: CustomizableHierarchy, alt: Landmarks };

interface Candidate {
  kind: RouteIndexKind;
  maxBytes: Bytes | undefined;
}

/** The indices to try, best first. O(nodes). */
function candidates(graph: FrozenGraph, { index = "auto", churn = "none", maxBytes }: FreezeOptions): Candidate[] {
  if (index !== "auto") return [{ kind: index, maxBytes }];
  const list: Candidate[] = [];
  const used = nodesOf(graph);
  if (churn === "weights") list.push({ kind: "cch", maxBytes });
  else if (!hasHubs(graph, used)) list.push({ kind: "ch", maxBytes });
  else if (used <= MOST_LABELLED) {
    list.push({ kind: "labels", maxBytes: Math.min(maxBytes ?? Infinity, used * LABEL_BYTES + 0x100000) });
  }
  list.push({ kind: "alt", maxBytes });
  return list;
}

/** Nodes with arcs that leave them: ids that nobody uses do not count. */
function nodesOf({ nodes, offsets }: FrozenGraph): number {
  let n = 0;
  for (let u = 0; u < nodes; u++) if (offsets[u + 1] > offsets[u]) n++;
  return n;
}

function hasHubs({ nodes, offsets }: FrozenGraph, used: number): boolean {
  let most = 0;
  for (let u = 0; u < nodes; u++) most = Math.max(most, offsets[u + 1] - offsets[u]);
  return most * used >= HUB * offsets[nodes];
}

/** Whether an index has left so much of the graph as it was that another one is better. */
function isPoor(index: RouteIndex, graph: FrozenGraph): boolean {
  return index instanceof ContractionHierarchy && index.statistics.core > nodesOf(graph) * MOST_CORE;
}

/** Whether an index has refused the graph, so that the next one may be tried. */
function isRefusal(error: unknown): boolean {
  return error instanceof MfnError && (error.code === "ERR_MEMORY" || error.code === "ERR_FULL");
}

/** Builds the best index that takes the graph. @throws what the last one that was tried throws */
export async function buildIndex(graph: FrozenGraph, options: FreezeOptions): Promise<RouteIndex> {
  const list = candidates(graph, options);
  for (const { kind, maxBytes } of list) {
    try {
      const index = await classes[kind].create(graph, { maxBytes, wasm: options.wasm?.[kind] });
      if (list.length === 1 || !isPoor(index, graph)) return index;
      index.dispose();
    } catch (e) {
      if (kind === list[list.length - 1].kind || !isRefusal(e)) throw e;
    }
  }
  throw new MfnError("ERR_ARGUMENT", "no index to build");
}

/** The same at once, where the runtime allows it. */
export function buildIndexSync(graph: FrozenGraph, options: FreezeOptions): RouteIndex {
  const list = candidates(graph, options);
  for (const { kind, maxBytes } of list) {
    try {
      const index = classes[kind].createSync(graph, { maxBytes, wasm: options.wasm?.[kind] });
      if (list.length === 1 || !isPoor(index, graph)) return index;
      index.dispose();
    } catch (e) {
      if (kind === list[list.length - 1].kind || !isRefusal(e)) throw e;
    }
  }
  throw new MfnError("ERR_ARGUMENT", "no index to build");
}
