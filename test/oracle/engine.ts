import type { Operation } from "mfn";

/** The obvious engine: what is known after some operations, without any learning. */
export class EngineOracle {
  readonly values = new Map<string, unknown>();
  readonly keys = new Set<string>();
  readonly vectors = new Map<string, ArrayLike<number>>();
  /** Keys of edges: from, to and type. */
  readonly edges = new Map<string, { from: string; to: string }>();
  readonly streams = new Set<string>();
  readonly series = new Set<string>();

  apply(operation: Operation): void {
    switch (operation.op) {
      case "remember":
        this.keys.add(operation.key);
        if (operation.vector !== undefined) this.vectors.set(operation.key, operation.vector);
        if (operation.value !== undefined) this.values.set(operation.key, operation.value);
        for (const { to, type } of operation.links ?? []) this.#edge(operation.key, to, type);
        return;
      case "observe":
        this.keys.add(operation.key);
        this.streams.add(operation.stream);
        if (operation.value !== undefined) this.series.add(operation.key);
        return;
      case "link":
        this.keys.add(operation.from);
        this.#edge(operation.from, operation.to, operation.type);
        return;
      case "record":
        this.series.add(operation.series);
        return;
      case "forget":
        this.keys.delete(operation.key);
        this.vectors.delete(operation.key);
        this.values.delete(operation.key);
        this.series.delete(operation.key);
        for (const [name, { from, to }] of this.edges) if (from === operation.key || to === operation.key) this.edges.delete(name);
    }
  }

  #edge(from: string, to: string, type = "link"): void {
    this.keys.add(to);
    this.edges.set(JSON.stringify([from, to, type]), { from, to });
  }

  /** Keys by rising cosine distance. */
  similar(vector: ArrayLike<number>): Array<{ key: string; score: number }> {
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a, (x, i) => x * b[i]).reduce((s, x) => s + x, 0);
    const length = (a: ArrayLike<number>) => Math.sqrt(dot(a, a));
    return [...this.vectors]
      .map(([key, v]) => ({ key, score: dot(v, vector) / (length(v) * length(vector)) }))
      .sort((a, b) => b.score - a.score);
  }
}
