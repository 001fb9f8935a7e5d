// The obvious vector store: a Map, a loop in f64, a sort.

export type OracleMetric = "cosine" | "l2" | "ip";

export class VectorOracle {
  readonly rows = new Map<number, Float32Array>();

  constructor(readonly metric: OracleMetric) {}

  add(id: number, vector: ArrayLike<number>): boolean {
    const isNew = !this.rows.has(id);
    this.rows.set(id, Float32Array.from(vector));
    return isNew;
  }

  distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
    let dot = 0;
    let squares = 0;
    let aa = 0;
    let bb = 0;
    for (let i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      squares += (a[i] - b[i]) ** 2;
      aa += a[i] ** 2;
      bb += b[i] ** 2;
    }
    if (this.metric === "l2") return squares;
    if (this.metric === "ip") return 0 - dot;
    return aa > 0 && bb > 0 ? 1 - dot / Math.sqrt(aa) / Math.sqrt(bb) : 1;
  }

  search(query: ArrayLike<number>, k: number, exclude: readonly number[] = []): { id: number; distance: number }[] {
    const all = [...this.rows].filter(([id]) => !exclude.includes(id)).map(([id, row]) => ({ id, distance: this.distance(query, row) }));
    return all.sort((a, b) => a.distance - b.distance || a.id - b.id).slice(0, k);
  }

  distances(query: ArrayLike<number>, ids: readonly number[]): number[] {
    return ids.map((id) => {
      const row = this.rows.get(id);
      return row === undefined ? Infinity : this.distance(query, row);
    });
  }
}
