// Where the nodes of the graph are drawn: a force-directed layout that moves a little at each event. Source: Fruchterman and Reingold,
// "Graph drawing by force-directed placement", 1991. Only +, -, *, / and square roots, so that equal runs look alike on every machine.

/** Most nodes shown. */
export const MOST_NODES = 120;
/** How far a node moves at most in one turn. */
const STRIDE = 0.012;
/** The square root of the area that the nodes push one another out to, and what pulls a node back to the middle: in balance at a radius of .45. */
const SPAN = 0.75;
const GRAVITY = SPAN ** 2 / 0.45 ** 2;
/** Nodes keep this far from the edge. */
const MARGIN = 0.03;

/** An edge between two places. */
export interface LayoutEdge {
  from: number;
  to: number;
  weight: number;
}

export class Layout {
  /** Nodes in use. */
  size = 0;
  readonly x = new Float64Array(MOST_NODES);
  readonly y = new Float64Array(MOST_NODES);
  readonly #dx = new Float64Array(MOST_NODES);
  readonly #dy = new Float64Array(MOST_NODES);

  /** Puts a node near another place, or into the middle. */
  place(node: number, near: number, random: () => number): void {
    const [x, y] = near >= 0 && near < this.size ? [this.x[near], this.y[near]] : [0.5, 0.5];
    this.x[node] = within(x + (random() - 0.5) * 0.2);
    this.y[node] = within(y + (random() - 0.5) * 0.2);
    if (node === this.size) this.size++;
  }

  /** The last node takes the place of one that goes. */
  remove(node: number): void {
    this.size--;
    this.x[node] = this.x[this.size];
    this.y[node] = this.y[this.size];
  }

  /** One turn. O(nodes² + edges). */
  turn(edges: readonly LayoutEdge[]): void {
    const n = this.size;
    const { x, y } = this;
    const dx = this.#dx.fill(0, 0, n);
    const dy = this.#dy.fill(0, 0, n);
    // The distance that a node would have if all had the same room.
    const ideal = SPAN / Math.sqrt(Math.max(1, n));
    for (let i = 0; i < n; i++) {
      const xi = x[i];
      const yi = y[i];
      // Toward the middle, so that what is not connected does not drift away.
      let ownX = (0.5 - xi) * GRAVITY;
      let ownY = (0.5 - yi) * GRAVITY;
      for (let j = 0; j < i; j++) {
        const a = xi - x[j];
        const b = yi - y[j];
        const push = (ideal * ideal) / (a * a + b * b + 1e-6);
        ownX += a * push;
        ownY += b * push;
        dx[j] -= a * push;
        dy[j] -= b * push;
      }
      dx[i] += ownX;
      dy[i] += ownY;
    }
    for (const { from, to, weight } of edges) {
      const a = x[to] - x[from];
      const b = y[to] - y[from];
      const pull = (Math.sqrt(a * a + b * b) / ideal) * (0.2 + 0.8 * weight) * 0.5;
      dx[from] += a * pull;
      dy[from] += b * pull;
      dx[to] -= a * pull;
      dy[to] -= b * pull;
    }
    for (let i = 0; i < n; i++) {
      const length = Math.sqrt(dx[i] * dx[i] + dy[i] * dy[i]);
      const scale = 0.15 * Math.min(1, STRIDE / (0.15 * length + 1e-9));
      x[i] = within(x[i] + dx[i] * scale);
      y[i] = within(y[i] + dy[i] * scale);
    }
  }
}

function within(value: number): number {
  return Math.min(1 - MARGIN, Math.max(MARGIN, value));
}
