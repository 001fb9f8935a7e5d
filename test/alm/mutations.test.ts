// A million random mutations and queries on the release module, a tenth of it on the debug module, each compared with a Map of edges.
import { describe, expect, it } from "vitest";
import type { MeshOptions } from "../../src/alm.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { type Batch, LIFE, Twin } from "./mutation-helpers.js";

const TYPES = [1, 2, 63, 64, 127, 128, 191, 192, 255];
/** Ids: low ones are hubs; now and then one far above the others. */
const NODES = 600;
const FAR = 9000;

class Drive {
  readonly twin: Twin;
  readonly random: Random;
  /** Edges that were made or touched: some of them are still there. */
  readonly #known: [from: number, to: number, type: number][] = [];
  most = 0;
  bulks = 0;

  constructor(twin: Twin, seed: number) {
    this.twin = twin;
    this.random = new Random(seed);
  }

  id(): number {
    const { random } = this;
    if (random.next() < 0.002) return random.below(FAR);
    return random.next() < 0.4 ? random.below(random.below(random.below(NODES) + 1) + 1) : random.below(NODES);
  }

  type(): number {
    return this.random.next() < 0.75 ? 0 : this.random.pick(TYPES);
  }

  weight(): number {
    return this.random.next() < 0.5 ? (1 + this.random.below(16)) / 8 : Math.fround(0.01 + this.random.next());
  }

  note(from: number, to: number, type: number): void {
    if (this.#known.length < 4096) this.#known.push([from, to, type]);
    else this.#known[this.random.below(4096)] = [from, to, type];
  }

  /** An edge that was there once. */
  old(): [number, number, number] {
    if (this.#known.length === 0) return [0, 1, 0];
    const [from, to, type] = this.random.pick(this.#known);
    return this.random.next() < 0.2 ? [to, from, type] : [from, to, type];
  }

  /** Rows of which some come twice, some the other way round, some are old, some are loops. */
  batch(n: number): Batch {
    const rows: Batch = { from: [], to: [], types: [], weights: [] };
    for (let i = 0; i < n; i++) {
      const kind = this.random.next();
      let row: [number, number, number] = [this.id(), this.id(), this.type()];
      if (kind < 0.15 && i > 0) {
        const j = this.random.below(i);
        row = kind < 0.07 ? [rows.from[j], rows.to[j], rows.types[j]] : [rows.to[j], rows.from[j], rows.types[j]];
      } else if (kind < 0.35) row = this.old();
      else if (kind < 0.37) row[1] = row[0];
      else this.note(...row);
      rows.from.push(row[0]);
      rows.to.push(row[1]);
      rows.types.push(row[2]);
      rows.weights.push(this.weight());
    }
    return rows;
  }

  /** Rows that are all there. */
  present(n: number): Batch {
    const rows: Batch = { from: [], to: [], types: [], weights: [] };
    for (let tries = 0; tries < 4 * n && rows.from.length < n; tries++) {
      const [from, to, type] = this.old();
      if (this.twin.slow.weight(from, to, type) === undefined) continue;
      rows.from.push(from);
      rows.to.push(to);
      rows.types.push(type);
      rows.weights.push(this.weight());
    }
    return rows;
  }

  size(): number {
    const kind = this.random.next();
    if (kind < 0.07) {
      this.bulks++;
      return 2048 + this.random.below(1500);
    }
    return kind < 0.6 ? this.random.below(12) : this.random.below(200);
  }

  /** One operation; `adding` is the share of those that make edges. */
  step(adding: number, at: number | undefined): void {
    const { twin, random } = this;
    const kind = random.next();
    const [from, to, type] = random.next() < 0.6 ? [this.id(), this.id(), this.type()] : this.old();
    if (kind < 0.004) {
      const what = random.next();
      if (what < adding * 0.6) twin.linkMany(this.batch(this.size()), at);
      else if (what < adding) twin.reinforceMany(this.batch(this.size()), at);
      else if (what < adding + (1 - adding) * 0.7) twin.unlinkMany(this.batch(this.size()));
      else twin.updateMany(random.next() < 0.3 ? this.batch(this.size()) : this.present(this.size()), at);
    } else if (kind < 0.45) {
      const what = random.next();
      if (what < adding * 0.7) {
        twin.link(from, to, type, this.weight(), at);
        this.note(from, to, type);
      } else if (what < adding) {
        twin.reinforce(from, to, type, this.weight(), at);
        this.note(from, to, type);
      } else twin.unlink(...this.old());
    } else if (kind < 0.5) twin.reinforce(from, to, type, -this.weight(), at);
    else if (kind < 0.58) twin.update(from, to, type, this.weight(), at);
    else if (kind < 0.63) twin.unlink(from, to, random.next() < 0.02 ? undefined : type);
    else if (kind < 0.631) twin.removeNode(random.next() < 0.02 ? random.below(4) : this.id());
    else if (kind < 0.6311) twin.mesh.compact();
    else if (kind < 0.66) twin.askNode(from);
    else twin.ask(from, to, type);
    this.most = Math.max(this.most, twin.mesh.outDegree(0));
  }

  run(operations: number): void {
    const { twin, random } = this;
    let lastHub = 0;
    for (let checked = 0; twin.operations < operations; ) {
      // Edges come in one half of a period and go in the other, so that hubs grow and shrink.
      const adding = Math.floor(twin.operations / 30_000) % 2 === 0 ? 0.9 : 0.25;
      let at: number | undefined;
      // Time goes on by eight half-lives eight times, so that weights are rescaled; some news are late.
      const due = 8 * LIFE * Math.floor((8 * twin.operations) / operations);
      if (twin.slow.now < due) at = due;
      else if (random.next() < 0.02) at = Math.max(0, due - LIFE * random.below(4));
      this.step(adding, at);
      if (twin.operations < checked) continue;
      checked = twin.operations + operations / 30;
      const edges = twin.askAll();
      for (let i = 0; i < 3; i++) twin.search(edges, this.id(), this.id(), random.next() < 0.5);
      lastHub = twin.mesh.outDegree(0);
    }
    expect(lastHub).toBeGreaterThan(0);
  }
}

describe.each(builds)("Alm through random mutations (%s)", (build) => {
  const total = build === "release" ? 1_000_000 : 100_000;
  const cases: [string, MeshOptions][] = [
    ["directed", { directed: true, seed: 3 }],
    ["undirected", { directed: false, seed: 4 }],
    ["directed, with decay", { directed: true, halfLife: LIFE }],
    ["undirected, with decay", { directed: false, halfLife: LIFE }],
  ];

  it.each(cases)(`is the graph that a Map of edges is: ${total / 4} operations, %s`, (_, options) => {
    const twin = new Twin(build, options);
    const drive = new Drive(twin, 17 + total);
    drive.run(total / 4);
    // Hubs were hashed, and batches were dealt.
    expect(drive.most).toBeGreaterThan(128);
    expect(drive.bulks).toBeGreaterThan(build === "release" ? 10 : 1);
    if (options.halfLife !== undefined && build === "release") expect(twin.mesh.now).toBeGreaterThan(32 * LIFE);
    for (const id of twin.slow.nodes()) twin.removeNode(id);
    expect(twin.mesh.stats()).toMatchObject({ nodes: 0, edges: 0 });
    twin.mesh.compact();
    expect(twin.mesh.stats()).toMatchObject({ capacity: 0, freeBytes: 0 });
  });
});
