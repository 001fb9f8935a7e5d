import { MfnError, show } from "../errors.js";
import { type Attributes, type Direction, edgeName, GraphBuilder } from "./builder.js";
import { namesOf } from "./names.js";
import type { ColumnType, GraphData, NameOptions } from "./types.js";
import { columnType } from "./values.js";
import { type Element, type Handler, parseXml } from "./xml-read.js";

/** What `<attribute>` declares. */
interface Declaration {
  name: string;
  type: ColumnType;
  fallback: string | undefined;
}

/** Attributes that an element has on itself, and their types. */
const OWN: { readonly [element: string]: readonly (readonly [name: string, type: ColumnType])[] } = {
  node: [["label", "string"]],
  edge: [
    ["label", "string"],
    ["weight", "double"],
    ["kind", "string"],
  ],
};

const DIRECTIONS = new Map<string, Direction>([
  ["directed", true],
  ["undirected", false],
  ["mutual", "mutual"],
]);

/**
 * Reads a graph in GEXF 1.1, 1.2 or 1.3, https://gexf.net. O(length of the text).
 *
 * Labels become the attribute "label", `viz:position` becomes coordinates. Other drawing (colours, sizes), times, and what the file says of itself are passed
 * over. Hierarchies of nodes and attributes that change in time are refused. An edge that is "mutual" becomes two, there and back.
 *
 * @throws MfnError `ERR_INPUT`, with line and column where a place is to blame: no well-formed XML, no GEXF, or no graph that `GraphData` can hold;
 *   `ERR_ARGUMENT` if `text` is no string
 *
 * @example
 * const { nodes, weights } = readGexf(`
 *   <gexf version="1.3">
 *     <graph defaultedgetype="directed">
 *       <nodes><node id="tea"/><node id="cup"/></nodes>
 *       <edges><edge source="tea" target="cup" weight="0.5"/></edges>
 *     </graph>
 *   </gexf>`);
 * nodes; // ["tea", "cup"]
 * weights; // [0.5]
 */
export function readGexf(text: string, options: NameOptions = {}): GraphData {
  const names = namesOf(options, "kind");
  const reader = parseXml(text, (where) => new GexfReader(where));
  if (reader.standard === undefined) throw new MfnError("ERR_INPUT", "the file has no <graph>");
  return reader.builder.build(reader.standard !== false, names, text.length);
}

class GexfReader implements Handler {
  readonly root = "gexf";
  readonly builder: GraphBuilder;
  /** Direction of edges that name none; undefined until the graph starts. */
  standard: Direction | undefined;
  readonly #where: () => string;
  readonly #declared = { node: new Map<string, Declaration>(), edge: new Map<string, Declaration>() };
  /** The class whose attributes are being declared, and the one of these. */
  #class: "node" | "edge" | undefined;
  #declaration: Declaration | undefined;
  /** The node or edge being read. */
  #kind: "node" | "edge" | undefined;
  #row = -1;
  #name = "";

  constructor(where: () => string) {
    this.#where = where;
    this.builder = new GraphBuilder(where);
  }

  open(element: Element): boolean {
    switch (element.name) {
      case "graph":
        if (this.standard !== undefined) throw this.#fail("files of more than one graph are not read");
        return this.#openGraph(element);
      case "attributes":
        return this.#openAttributes(element);
      case "attribute":
        return this.#openAttribute(element);
      case "default":
        return this.#declaration !== undefined;
      case "nodes":
      case "edges":
        if (this.#kind !== undefined) throw this.#fail("hierarchies of nodes are not read");
        return true;
      case "node":
        return this.#openNode(element);
      case "edge":
        return this.#openEdge(element);
      case "attvalues":
        return this.#kind !== undefined;
      case "attvalue":
        return this.#addValue(element);
      default:
        return this.#kind === "node" && /^\{.*viz\}position$/.test(element.name) && this.#addPosition(element);
    }
  }

  close(name: string, text: string): void {
    switch (name) {
      case "attributes":
        this.#class = undefined;
        break;
      case "attribute":
        if (this.#declaration !== undefined && this.#class !== undefined) {
          this.builder[this.#class].declare(this.#declaration.name, this.#declaration.type, this.#declaration.fallback);
        }
        this.#declaration = undefined;
        break;
      case "default":
        if (this.#declaration !== undefined) this.#declaration.fallback = text;
        break;
      case "node":
      case "edge":
        this.#kind = undefined;
        break;
    }
  }

  #openGraph(element: Element): boolean {
    const name = element.get("defaultedgetype") ?? "undirected";
    this.standard = DIRECTIONS.get(name);
    if (this.standard === undefined) throw this.#fail(`defaultedgetype: expected "directed", "undirected" or "mutual", got ${show(name)}`);
    return true;
  }

  #openAttributes(element: Element): boolean {
    if (element.get("mode") === "dynamic") throw this.#fail("attributes that change in time are not read");
    const name = element.get("class");
    if (name === "node" || name === "edge") this.#class = name;
    return this.#class !== undefined;
  }

  #openAttribute(element: Element): boolean {
    if (this.#class === undefined) return false;
    const id = this.#need(element, "id");
    const declared = this.#declared[this.#class];
    if (declared.has(id)) throw this.#fail(`attribute ${show(id)} comes twice`);
    this.#declaration = { name: element.get("title") ?? id, type: columnType(element.get("type")), fallback: undefined };
    declared.set(id, this.#declaration);
    return true;
  }

  #openNode(element: Element): boolean {
    this.#checkPlace(element);
    if (element.get("pid") !== undefined) throw this.#fail("hierarchies of nodes are not read");
    const id = this.#need(element, "id");
    this.#name = `node ${show(id)}`;
    return this.#start("node", this.builder.addNode(id), element);
  }

  #openEdge(element: Element): boolean {
    this.#checkPlace(element);
    const [source, target, own] = [this.#need(element, "source"), this.#need(element, "target"), element.get("type")];
    // NetworkX puts an attribute of the name "type" here, whatever it says.
    const direction = own !== undefined && DIRECTIONS.has(own) ? (DIRECTIONS.get(own) as Direction) : (this.standard as Direction);
    const row = this.builder.addEdge(source, target, direction, element.get("id"));
    this.#name = edgeName(row, source, target);
    this.#start("edge", row, element);
    if (own !== undefined && !DIRECTIONS.has(own) && element.get("kind") === undefined) this.#set(this.builder.edge, "kind", "string", own);
    return true;
  }

  #start(kind: "node" | "edge", row: number, element: Element): true {
    this.#kind = kind;
    this.#row = row;
    for (const [name, type] of OWN[kind]) {
      const text = element.get(name);
      if (text !== undefined) this.#set(this.builder[kind], name, type, text);
    }
    return true;
  }

  #addValue(element: Element): boolean {
    if (this.#kind === undefined) return false;
    // Before GEXF 1.1 the attribute was called id; some tools still write it so.
    const id = element.get("for") ?? this.#need(element, "id");
    const declaration = this.#declared[this.#kind].get(id);
    if (declaration === undefined) throw this.#fail(`no <attribute> declares ${show(id)}`);
    this.#set(this.builder[this.#kind], declaration.name, declaration.type, this.#need(element, "value"));
    return true;
  }

  #addPosition(element: Element): true {
    this.#set(this.builder.place, "x", "double", this.#need(element, "x"));
    this.#set(this.builder.place, "y", "double", this.#need(element, "y"));
    const z = element.get("z");
    if (z !== undefined) this.#set(this.builder.place, "z", "double", z);
    return true;
  }

  #set(on: Attributes, name: string, type: ColumnType, text: string): void {
    if (!on.columns.has(name)) on.declare(name, type);
    this.builder.setText(on, name, this.#row, text, this.#name);
  }

  #checkPlace({ name }: Element): void {
    if (this.standard === undefined) throw this.#fail(`<${name}> stands outside of <graph>`);
    if (this.#kind !== undefined) throw this.#fail(`<${name}> stands in another node or edge`);
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
