import { MfnError, show } from "../errors.js";
import { type Attributes, edgeName, GraphBuilder } from "./builder.js";
import { namesOf } from "./names.js";
import type { ColumnType, GraphData, NameOptions } from "./types.js";
import { columnType } from "./values.js";
import { type Element, type Handler, parseXml } from "./xml-read.js";

/** What `<key>` declares: the attributes it belongs to, and under which name; none for what is passed over. */
interface Key {
  name: string;
  type: ColumnType;
  on: Attributes[];
}

/**
 * Reads a graph in GraphML, http://graphml.graphdrawing.org. O(length of the text).
 *
 * Attributes named x and y (and z) that are numbers become coordinates. Attributes of the graph itself, ports, and data from other namespaces (the
 * shapes of yEd) are passed over. Nested graphs, hyperedges and a second graph are refused.
 *
 * @throws MfnError `ERR_INPUT`, with line and column where a place is to blame: no well-formed XML, no GraphML, or no graph that `GraphData` can hold;
 *   `ERR_ARGUMENT` if `text` is no string
 *
 * @example
 * const { nodes, weights } = readGraphML(`
 *   <graphml>
 *     <key id="w" for="edge" attr.name="weight" attr.type="double"/>
 *     <graph edgedefault="directed">
 *       <node id="tea"/><node id="cup"/>
 *       <edge source="tea" target="cup"><data key="w">0.5</data></edge>
 *     </graph>
 *   </graphml>`);
 * nodes; // ["tea", "cup"]
 * weights; // [0.5]
 */
export function readGraphML(text: string, options: NameOptions = {}): GraphData {
  const names = namesOf(options, "type");
  const reader = parseXml(text, (where) => new GraphMLReader(where));
  if (reader.directed === undefined) throw new MfnError("ERR_INPUT", "the file has no <graph>");
  return reader.builder.build(reader.directed, names, text.length);
}

class GraphMLReader implements Handler {
  readonly root = "graphml";
  readonly builder: GraphBuilder;
  /** Undefined until the graph starts. */
  directed: boolean | undefined;
  readonly #where: () => string;
  readonly #keys = new Map<string, Key>();
  #key: Key | undefined;
  /** The node or edge being read. */
  #row = -1;
  #on: Attributes | undefined;
  #name = "";
  /** The key of the data being read. */
  #data = "";

  constructor(where: () => string) {
    this.#where = where;
    this.builder = new GraphBuilder(where);
  }

  open(element: Element): boolean {
    switch (element.name) {
      case "key":
        this.#openKey(element);
        return true;
      case "default":
        return this.#key !== undefined;
      case "graph":
        return this.#openGraph(element);
      case "node":
        return this.#openNode(element);
      case "edge":
        return this.#openEdge(element);
      case "data":
        this.#data = this.#need(element, "key");
        return this.#on !== undefined;
      case "hyperedge":
        throw this.#fail("hyperedges are not read");
      default:
        return false;
    }
  }

  close(name: string, text: string): void {
    switch (name) {
      case "default":
        if (this.#key !== undefined) this.#declare(this.#key, text);
        break;
      case "key":
        this.#key = undefined;
        break;
      case "node":
      case "edge":
        this.#on = undefined;
        break;
      case "data":
        this.#addData(text);
        break;
    }
  }

  #openKey(element: Element): void {
    const id = this.#need(element, "id");
    const on = element.get("for") ?? "all";
    const { node, edge } = this.builder;
    this.#key = {
      name: element.get("attr.name") ?? id,
      type: columnType(element.get("attr.type")),
      // yEd's shapes have a type of its own in place of the standard's.
      on:
        element.get("yfiles.type") !== undefined ? [] : on === "node" ? [node] : on === "edge" ? [edge] : on === "all" ? [node, edge] : [],
    };
    if (this.#keys.has(id)) throw this.#fail(`key ${show(id)} comes twice`);
    this.#keys.set(id, this.#key);
    this.#declare(this.#key);
  }

  #declare({ name, type, on }: Key, fallback?: string): void {
    for (const attributes of on) attributes.declare(name, type, fallback);
  }

  #openGraph(element: Element): boolean {
    if (this.#on !== undefined) throw this.#fail("nested graphs are not read");
    if (this.directed !== undefined) throw this.#fail("files of more than one graph are not read");
    const kind = this.#need(element, "edgedefault");
    if (kind !== "directed" && kind !== "undirected")
      throw this.#fail(`edgedefault: expected "directed" or "undirected", got ${show(kind)}`);
    this.directed = kind === "directed";
    return true;
  }

  #openNode(element: Element): boolean {
    this.#checkPlace(element);
    const id = this.#need(element, "id");
    this.#on = this.builder.node;
    this.#row = this.builder.addNode(id);
    this.#name = `node ${show(id)}`;
    return true;
  }

  #openEdge(element: Element): boolean {
    this.#checkPlace(element);
    const own = element.get("directed");
    if (own !== undefined && !["true", "false", "1", "0"].includes(own)) throw this.#fail(`directed: expected a boolean, got ${show(own)}`);
    const direction = own === undefined ? this.directed === true : own === "true" || own === "1";
    const [source, target] = [this.#need(element, "source"), this.#need(element, "target")];
    this.#on = this.builder.edge;
    this.#row = this.builder.addEdge(source, target, direction, element.get("id"));
    this.#name = edgeName(this.#row, source, target);
    return true;
  }

  #addData(text: string): void {
    if (this.#on === undefined) return;
    const key = this.#keys.get(this.#data);
    if (key === undefined) throw this.#fail(`no <key> declares ${show(this.#data)}`);
    if (!key.on.includes(this.#on)) return;
    this.builder.setText(this.#on, key.name, this.#row, text, this.#name);
  }

  #checkPlace({ name }: Element): void {
    if (this.directed === undefined) throw this.#fail(`<${name}> stands outside of <graph>`);
    if (this.#on !== undefined) throw this.#fail(`<${name}> stands in another node or edge`);
  }

  #need(element: Element, name: string): string {
    const value = element.get(name);
    if (value === undefined) throw this.#fail(`<${element.name}> has no attribute ${name}`);
    return value;
  }

  #fail(message: string): MfnError {
    return new MfnError("ERR_INPUT", this.#where() + message);
  }
}
