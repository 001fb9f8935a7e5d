// Panel 3: the graph of what leads to what, the part of it that was active lately, and the activation that spreads from the last event.
import type { ItemId } from "mfn";
import { Alm, type Edge } from "mfn/alm";
import type { AlmFrame } from "../protocol.js";
import { Layout, type LayoutEdge, MOST_NODES } from "./layout.js";
import { random } from "./random.js";

/** Strongest edges shown at a node. */
const EDGES_EACH = 4;
/** The edges shown are looked up anew after so many events. */
const REFRESH = 16;
/** By how much one event counts more than the one before it: half as much after 70 events. */
const GROWTH = 1.01;
/** Nodes that moved less are not sent again. */
const MOVED = 0.002;
/** Hops that activation spreads, and that a route has at most. */
const HOPS = 3;
/** Things that a route is looked for to. */
const REACHED = 24;
const MOST_TYPES = 256;

export class GraphPanel {
  readonly alm: Alm;
  readonly #name: (id: ItemId) => string;
  readonly #types: string[] = [];
  readonly #layout = new Layout();
  readonly #random: () => number;
  /** Ids of the nodes shown, by place, and their places. */
  readonly #shown: ItemId[] = [];
  readonly #places = new Map<ItemId, number>();
  /** How active each node was, events long ago counting less. */
  readonly #heat = new Map<ItemId, number>();
  /** What an event counts now. */
  #unit = 1;
  #edges: LayoutEdge[] = [];
  #events = 0;
  #changed = true;
  #version = 0;
  readonly #sentX = new Float64Array(MOST_NODES);
  readonly #sentY = new Float64Array(MOST_NODES);

  /** @param name the key of an id */
  constructor(seed: number, name: (id: ItemId) => string) {
    this.alm = Alm.createSync({ seed, maxDegree: 256 });
    this.#random = random(seed ^ 0x5bd1e995);
    this.#name = name;
  }

  /** Strengthens an edge. */
  link(from: ItemId, to: ItemId, type: string, weight: number): void {
    if (from !== to) this.alm.reinforce(from, to, weight, { type: this.#typeOf(type) });
  }

  /** Something happened to a node; `from` is what happened before, or -1. O(nodes shown²). */
  touch(id: ItemId, from: ItemId): void {
    this.#unit *= GROWTH;
    if (this.#unit > 1e12) {
      for (const [node, heat] of this.#heat) this.#heat.set(node, heat / this.#unit);
      this.#unit = 1;
    }
    this.#heat.set(id, (this.#heat.get(id) ?? 0) + this.#unit);
    if (!this.#places.has(id)) this.#show(id, this.#places.get(from) ?? -1);
    if (this.#events++ % REFRESH === 0) this.#refresh();
    this.#layout.turn(this.#edges);
  }

  /** Removes a node and its edges. */
  remove(id: ItemId): void {
    this.alm.removeNode(id);
    this.#heat.delete(id);
    const place = this.#places.get(id);
    if (place !== undefined) this.#hide(place);
  }

  /** @param last what the last event was of, or -1 */
  frame(last: ItemId): AlmFrame {
    const { x, y, size } = this.#layout;
    let moved = this.#changed;
    for (let i = 0; i < size && !moved; i++) {
      moved = Math.abs(x[i] - this.#sentX[i]) > MOVED || Math.abs(y[i] - this.#sentY[i]) > MOVED;
    }
    this.#changed = false;
    const frame: AlmFrame = { version: this.#version, activation: this.#activation(last), ...this.#route(last) };
    if (!moved && this.#version > 0) return frame;
    this.#sentX.set(x);
    this.#sentY.set(y);
    frame.version = ++this.#version;
    frame.nodes = this.#shown.map((id, i) => ({ key: this.#name(id), x: x[i], y: y[i] }));
    frame.edges = {
      pairs: Uint16Array.from(this.#edges.flatMap(({ from, to }) => [from, to])),
      weights: Float32Array.from(this.#edges, ({ weight }) => weight),
    };
    return frame;
  }

  dispose(): void {
    this.alm.dispose();
  }

  #typeOf(name: string): number {
    const known = this.#types.indexOf(name);
    if (known >= 0) return known;
    // The last type stands for all that find no room.
    return this.#types.length < MOST_TYPES ? this.#types.push(name) - 1 : MOST_TYPES - 1;
  }

  /** Shows a node; the least active one makes room for it. */
  #show(id: ItemId, near: number): void {
    if (this.#shown.length === MOST_NODES) {
      let coolest = 0;
      let least = Number.POSITIVE_INFINITY;
      for (const [place, shown] of this.#shown.entries()) {
        const heat = this.#heat.get(shown) ?? 0;
        if (heat < least) [coolest, least] = [place, heat];
      }
      this.#hide(coolest);
      if (near === this.#shown.length) near = coolest;
      else if (near === coolest) near = -1;
    }
    const place = this.#shown.push(id) - 1;
    this.#places.set(id, place);
    this.#layout.place(place, near, this.#random);
    this.#changed = true;
  }

  #hide(place: number): void {
    const id = this.#shown[place];
    const last = this.#shown.pop() as ItemId;
    this.#places.delete(id);
    if (last !== id) {
      this.#shown[place] = last;
      this.#places.set(last, place);
    }
    this.#layout.remove(place);
    this.#edges = this.#edges.filter(({ from, to }) => from !== place && to !== place);
    for (const edge of this.#edges) {
      if (edge.from === this.#shown.length) edge.from = place;
      if (edge.to === this.#shown.length) edge.to = place;
    }
    this.#changed = true;
  }

  /** The strongest edges between the nodes shown, each pair once. O(nodes EDGES_EACH). */
  #refresh(): void {
    const edges = new Map<number, LayoutEdge>();
    for (const [from, id] of this.#shown.entries()) {
      const { ids, weights } = this.alm.out(id, { limit: 2 * EDGES_EACH });
      const strongest = weights[0];
      for (let i = 0, taken = 0; i < ids.length && taken < EDGES_EACH; i++) {
        const to = this.#places.get(ids[i]);
        if (to === undefined) continue;
        taken++;
        const pair = Math.min(from, to) * MOST_NODES + Math.max(from, to);
        const weight = weights[i] / strongest;
        const known = edges.get(pair);
        if (known === undefined) edges.set(pair, { from, to, weight });
        else known.weight = Math.max(known.weight, weight);
      }
    }
    this.#edges = [...edges.values()];
    this.#changed = true;
  }

  /** Activation of the nodes shown, the most active but the source itself being 1 as the source is. */
  #activation(last: ItemId): Float32Array {
    const activation = new Float32Array(this.#shown.length);
    if (last < 0) return activation;
    const { ids, scores } = this.alm.spread([last], { k: 2 * MOST_NODES, hops: HOPS });
    for (let i = 0; i < ids.length; i++) {
      const place = this.#places.get(ids[i]);
      if (place !== undefined) activation[place] = scores[i] / scores[0];
    }
    const own = this.#places.get(last);
    if (own !== undefined) activation[own] = 1;
    return activation;
  }

  /** The way to the thing best associated with the last one that it has no edge to, or else to the best of all; by nodes that are shown. */
  #route(last: ItemId): Pick<AlmFrame, "route" | "steps"> {
    const found = last < 0 ? [] : this.alm.recall([last], { k: REACHED, maxHops: HOPS, normalize: "out" });
    const visible = found.filter(({ path }) => path.every(({ from, to }) => this.#places.has(from) && this.#places.has(to)));
    const best = visible.find(({ path }) => path.length > 1) ?? visible[0];
    if (best === undefined) return { route: [], steps: [] };
    return {
      route: [last, ...best.path.map(({ to }) => to)].map((id) => this.#places.get(id) as number),
      steps: best.path.map((edge) => this.#stepOf(edge)),
    };
  }

  #stepOf({ from, to, type, weight }: Edge): AlmFrame["steps"][number] {
    return { from: this.#name(from), to: this.#name(to), type: this.#types[type], weight };
  }
}
