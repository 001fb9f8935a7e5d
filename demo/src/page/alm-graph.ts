// The graph on its canvas: edges, nodes with their activation, the route, and names where there is room for them.
import type { AlmFrame, GraphNode } from "../protocol.js";
import { reducedMotion } from "./dom.js";
import { clip } from "./format.js";
import { begin, type Surface, surface } from "./surface.js";
import { type Palette, palette } from "./theme.js";

const MARGIN = { x: 28, y: 18 };
/** Time in which a node goes most of the way to its new place or activation. */
const EASE = 120; // ms

interface Dot {
  x: number;
  y: number;
  activation: number;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class Graph {
  readonly #surface: Surface;
  #nodes: GraphNode[] = [];
  #pairs: Uint16Array = new Uint16Array(0);
  /** Strength of each edge among all, 0 to 1. */
  #strengths = new Float32Array(0);
  #activation: Float32Array = new Float32Array(0);
  #route: number[] = [];
  /** What is shown of each key: on its way to what the last frame said. */
  #dots = new Map<string, Dot>();
  #before = 0;
  #dirty = false;
  selected = "";
  hovered = "";

  constructor(id: string) {
    this.#surface = surface(id);
  }

  get nodes(): readonly GraphNode[] {
    return this.#nodes;
  }

  draw(frame: AlmFrame): void {
    if (frame.nodes !== undefined) {
      this.#nodes = frame.nodes;
      const dots = new Map<string, Dot>();
      for (const { key, x, y } of frame.nodes) dots.set(key, this.#dots.get(key) ?? { x, y, activation: 0 });
      this.#dots = dots;
    }
    if (frame.edges !== undefined) {
      this.#pairs = frame.edges.pairs;
      let most = 0;
      for (const weight of frame.edges.weights) most = Math.max(most, weight);
      this.#strengths = frame.edges.weights.map((weight) => (most > 0 ? Math.sqrt(Math.max(0, weight) / most) : 0));
    }
    this.#activation = frame.activation;
    this.#route = frame.route;
    this.#dirty = true;
  }

  reset(): void {
    this.#dots.clear();
    this.#nodes = [];
    this.#pairs = new Uint16Array(0);
    this.#route = [];
    this.touch();
  }

  /** Says that something else changed than what frames bring. */
  touch(): void {
    this.#dirty = true;
  }

  /** The key of the node at a place of the canvas, in CSS pixels, if one is within reach. */
  at(x: number, y: number, reach: number): string | undefined {
    let best: string | undefined;
    let least = reach;
    for (const [key, dot] of this.#dots) {
      const distance = Math.hypot(this.#x(dot) - x, this.#y(dot) - y);
      if (distance < least) [best, least] = [key, distance];
    }
    return best;
  }

  /** @returns whether nodes are still on their way */
  paint(now: number): boolean {
    const moving = this.#dirty && this.#ease(now);
    if (!this.#dirty && !this.#surface.stale) return false;
    this.#dirty = moving;
    const context = begin(this.#surface);
    const colours = palette();
    this.#drawEdges(context, colours);
    this.#drawRoute(context, colours);
    this.#drawNodes(context, colours);
    this.#drawNames(context, colours);
    return moving;
  }

  #x = (dot: { x: number }) => MARGIN.x + dot.x * (this.#surface.width - 2 * MARGIN.x);
  #y = (dot: { y: number }) => MARGIN.y + dot.y * (this.#surface.height - 2 * MARGIN.y);

  #ease(now: number): boolean {
    const elapsed = Math.min(100, now - this.#before);
    this.#before = now;
    const share = reducedMotion() ? 1 : 1 - Math.exp(-elapsed / EASE);
    let left = 0;
    this.#nodes.forEach(({ key, x, y }, i) => {
      const dot = this.#dots.get(key);
      if (dot === undefined) return;
      const [dx, dy, da] = [x - dot.x, y - dot.y, (this.#activation[i] ?? 0) - dot.activation];
      left = Math.max(left, Math.abs(dx), Math.abs(dy), Math.abs(da));
      dot.x += dx * share;
      dot.y += dy * share;
      dot.activation += da * share;
    });
    return left * (1 - share) > 0.002;
  }

  #dot(i: number): Dot | undefined {
    const node = this.#nodes[i];
    return node === undefined ? undefined : this.#dots.get(node.key);
  }

  #drawEdges(context: CanvasRenderingContext2D, colours: Palette): void {
    // In four groups by strength: a path each, not a stroke for every edge.
    const groups = 4;
    context.strokeStyle = colours.other;
    for (let group = 0; group < groups; group++) {
      context.globalAlpha = 0.12 + 0.5 * (group / groups);
      context.lineWidth = 0.75 + 0.4 * group;
      context.beginPath();
      for (let i = 0; i < this.#strengths.length; i++) {
        if (Math.min(groups - 1, Math.floor(this.#strengths[i]! * groups)) !== group) continue;
        const [from, to] = [this.#dot(this.#pairs[2 * i]!), this.#dot(this.#pairs[2 * i + 1]!)];
        if (from === undefined || to === undefined) continue;
        context.moveTo(this.#x(from), this.#y(from));
        context.lineTo(this.#x(to), this.#y(to));
      }
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  #drawRoute(context: CanvasRenderingContext2D, colours: Palette): void {
    context.strokeStyle = colours.warm;
    context.fillStyle = colours.warm;
    context.lineWidth = 2.5;
    for (let i = 0; i + 1 < this.#route.length; i++) {
      const [from, to] = [this.#dot(this.#route[i]!), this.#dot(this.#route[i + 1]!)];
      if (from === undefined || to === undefined) continue;
      const [x0, y0, x1, y1] = [this.#x(from), this.#y(from), this.#x(to), this.#y(to)];
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.stroke();
      const length = Math.hypot(x1 - x0, y1 - y0);
      if (length < 14) continue;
      const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
      // An arrowhead past the middle: at the end it would be under the node.
      const [ax, ay] = [x0 + ux * (length * 0.6 + 5), y0 + uy * (length * 0.6 + 5)];
      context.beginPath();
      context.moveTo(ax, ay);
      context.lineTo(ax - 9 * ux - 5 * uy, ay - 9 * uy + 5 * ux);
      context.lineTo(ax - 9 * ux + 5 * uy, ay - 9 * uy - 5 * ux);
      context.fill();
    }
  }

  #drawNodes(context: CanvasRenderingContext2D, colours: Palette): void {
    const onRoute = new Set(this.#route.map((i) => this.#nodes[i]?.key));
    for (const { key } of this.#nodes) {
      const dot = this.#dots.get(key);
      if (dot === undefined) continue;
      const [x, y, activation] = [this.#x(dot), this.#y(dot), Math.max(0, Math.min(1, dot.activation))];
      if (activation > 0.02) {
        context.globalAlpha = 0.1 + 0.25 * activation;
        context.fillStyle = colours.ours;
        disc(context, x, y, 5 + 13 * Math.sqrt(activation));
        context.globalAlpha = 1;
      }
      context.fillStyle = colours.well;
      disc(context, x, y, 4.5);
      context.fillStyle = activation > 0.02 ? colours.ours : colours.other;
      disc(context, x, y, 3.5);
      if (!onRoute.has(key) && key !== this.selected && key !== this.hovered) continue;
      context.strokeStyle = key === this.selected || key === this.hovered ? colours.ink : colours.warm;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(x, y, key === this.selected ? 8 : 5.5, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  /** Names of what matters most, as long as none covers another. */
  #drawNames(context: CanvasRenderingContext2D, colours: Palette): void {
    const active = this.#nodes
      .map(({ key }) => ({ key, activation: this.#dots.get(key)?.activation ?? 0 }))
      .filter(({ activation }) => activation > 0.02)
      .sort((a, b) => b.activation - a.activation)
      .slice(0, 8)
      .map(({ key }) => key);
    const route = this.#route.map((i) => this.#nodes[i]?.key ?? "");
    const taken: Box[] = [];
    context.font = `11px ${colours.mono}`;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const key of new Set([this.hovered, this.selected, ...route, ...active])) {
      const dot = this.#dots.get(key);
      if (dot === undefined) continue;
      const text = clip(key, 24);
      const width = context.measureText(text).width;
      const [x, y] = [this.#x(dot), this.#y(dot)];
      const left = x + 9 + width < this.#surface.width ? x + 9 : Math.max(2, x - 9 - width);
      const box = { x: left - 2, y: y - 7, width: width + 4, height: 14 };
      if (key !== this.hovered && key !== this.selected && taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      context.strokeStyle = colours.well;
      context.lineWidth = 3;
      context.strokeText(text, left, y);
      context.fillStyle = colours.ink;
      context.fillText(text, left, y);
    }
  }
}

function disc(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
