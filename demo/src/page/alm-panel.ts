// ALM: the graph, a choice of its nodes by pointer or from a list, and the route in words.
import type { AlmFrame, Frame } from "../protocol.js";
import { Graph } from "./alm-graph.js";
import { byId, make } from "./dom.js";
import { clip, count } from "./format.js";
import type { Panel } from "./panel.js";

export class AlmPanel implements Panel {
  readonly #graph = new Graph("alm-graph");
  readonly #list = byId<HTMLSelectElement>("alm-node");
  readonly #remove = byId<HTMLButtonElement>("alm-remove");
  #frame: AlmFrame | undefined;
  #edges = 0;
  #version = -1;
  #words = "";

  /**
   * @param remove takes the key of a node that the visitor wants gone
   * @param wake asks for a paint
   */
  constructor(remove: (key: string) => void, wake: () => void) {
    const canvas = byId("alm-graph");
    const graph = this.#graph;
    const place = (event: PointerEvent | MouseEvent) => {
      const box = canvas.getBoundingClientRect();
      const touch = "pointerType" in event && event.pointerType === "touch";
      return graph.at(event.clientX - box.left, event.clientY - box.top, touch ? 28 : 16);
    };
    const select = (key: string) => {
      graph.selected = key;
      this.#remove.disabled = key === "";
      graph.touch();
      wake();
    };
    canvas.addEventListener("pointermove", (event) => {
      const key = place(event) ?? "";
      if (key === graph.hovered) return;
      graph.hovered = key;
      graph.touch();
      wake();
    });
    canvas.addEventListener("pointerleave", () => {
      graph.hovered = "";
      graph.touch();
      wake();
    });
    canvas.addEventListener("click", (event) => {
      const key = place(event) ?? "";
      this.#list.value = key;
      select(key);
    });
    this.#list.addEventListener("change", () => select(this.#list.value));
    this.#remove.addEventListener("click", () => {
      if (graph.selected === "") return;
      remove(graph.selected);
      this.#list.value = "";
      select("");
    });
  }

  draw({ alm }: Frame): void {
    this.#frame = alm;
    if (alm.edges !== undefined) this.#edges = alm.edges.weights.length;
    this.#graph.draw(alm);
  }

  show({ alm }: Frame): void {
    if (alm.version !== this.#version) this.#offer(this.#graph.nodes.map(({ key }) => key));
    this.#version = alm.version;
    this.#tell(alm);
  }

  /** Brings the list up to date without touching what stays in it: it may be open. */
  #offer(keys: string[]): void {
    const wanted = new Set(keys);
    for (const option of [...this.#list.options].slice(1)) if (!wanted.delete(option.value)) option.remove();
    for (const key of [...wanted].sort()) {
      const after = [...this.#list.options].slice(1).find((option) => option.value > key) ?? null;
      const option = make("option", "", key);
      option.value = key;
      this.#list.insertBefore(option, after);
    }
    if (this.#graph.selected === "" || this.#list.value === this.#graph.selected) return;
    this.#graph.selected = "";
    this.#list.value = "";
    this.#remove.disabled = true;
  }

  #tell({ steps }: AlmFrame): void {
    const words = steps.map(({ from, to, type, weight }) => `${from} → ${to}  ${type}, ${weight.toPrecision(3)}`).join("\n");
    if (words === this.#words) return;
    this.#words = words;
    byId("alm-route").replaceChildren(
      ...steps.map(({ from, to, type, weight }) => {
        const item = make("li", "", `${clip(from, 26)} → ${clip(to, 26)} `);
        item.title = `${from} → ${to}`;
        item.append(make("span", "", `${type === "" ? "" : `${type}, `}${Number(weight.toPrecision(3))}`));
        return item;
      }),
      ...(steps.length === 0 ? [make("li", "", "none yet")] : []),
    );
  }

  paint(now: number): boolean {
    return this.#graph.paint(now);
  }

  reset(): void {
    this.#graph.reset();
    this.#version = -1;
  }

  summary(): { id: string; text: string } | undefined {
    const frame = this.#frame;
    if (frame === undefined) return undefined;
    const { nodes } = this.#graph;
    const active = [...frame.activation.keys()]
      .filter((i) => frame.activation[i]! > 0.02 && nodes[i] !== undefined)
      .sort((a, b) => frame.activation[b]! - frame.activation[a]!);
    const named = active.slice(0, 4).map((i) => nodes[i]!.key);
    const route = frame.route.map((i) => nodes[i]?.key ?? "").filter((key) => key !== "");
    return {
      id: "alm-summary",
      text: `A graph of ${count(nodes.length)} nodes and ${count(this.#edges)} edges. ${active.length === 1 ? "One node is" : `${count(active.length)} nodes are`} active${
        named.length === 0 ? "" : `, most of all ${named.join(", ")}`
      }. ${route.length === 0 ? "No route is chosen." : `The route goes ${route.join(", then ")}.`}`,
    };
  }
}
