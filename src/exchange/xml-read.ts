import { SaxesParser, type SaxesTagNS } from "saxes";
import { badArgument, MfnError } from "../errors.js";

/** Deeper than any graph file; the parser looks through all open elements for a namespace. */
const MOST_DEPTH = 256;

/** An open element as a reader sees it. */
export interface Element {
  /** Name without prefix; of an element from another namespace than the file's with that namespace before it, in braces. */
  name: string;
  /** An attribute's value. */
  get(name: string): string | undefined;
}

/** What a format does with a file's elements, in the order of the file. Text comes with the element that ends. */
export interface Handler {
  /** Name of the outermost element. */
  readonly root: string;
  /** @returns false to pass over the element and all in it */
  open(element: Element): boolean;
  close(name: string, text: string): void;
}

/** Where the parser is, from 1. */
export interface Position {
  line: number;
  column: number;
}

/** The text in front of a message about a place in a file. */
export function placeOf({ line, column }: Position): string {
  return `line ${line}, column ${column}: `;
}

/**
 * Reads an XML file. Entities are those that XML defines itself: a file that declares its own is refused.
 * @param start makes the handler; it gets a function that tells the place being read
 * @throws MfnError `ERR_ARGUMENT` if `text` is no string, `ERR_INPUT` with line and column if it is no well-formed XML
 */
export function parseXml<H extends Handler>(text: string, start: (where: () => string) => H): H {
  if (typeof text !== "string") throw badArgument("text", "the text of a file", text);
  // Prefixes that tools use without a declaration.
  const parser = new SaxesParser({ xmlns: true, additionalNamespaces: { viz: "viz", xsi: "http://www.w3.org/2001/XMLSchema-instance" } });
  const where = () => placeOf({ line: parser.line, column: parser.column + 1 });
  const handler = start(where);
  const fail = (message: string): never => {
    throw new MfnError("ERR_INPUT", where() + message);
  };
  let depth = 0;
  let passed = 0;
  let namespace = "";
  const texts: string[] = [];
  parser.on("error", (error) => fail(error.message.replace(/^\d+:\d+: /, "")));
  parser.on("doctype", (doctype) => {
    if (doctype.includes("[")) fail("a document type with declarations of its own is not read");
  });
  parser.on("opentag", (tag) => {
    if (++depth > MOST_DEPTH) fail(`elements lie more than ${MOST_DEPTH} deep`);
    texts.push("");
    if (depth === 1) {
      if (tag.local !== handler.root) fail(`expected <${handler.root}>, got <${tag.name.slice(0, 40)}>`);
      namespace = tag.uri;
    } else if (passed > 0 || !handler.open(elementOf(tag, namespace))) passed++;
  });
  const addText = (piece: string) => {
    if (passed === 0 && depth > 0) texts[depth - 1] += piece;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", (tag) => {
    depth--;
    const own = texts.pop() as string;
    if (passed > 0) passed--;
    else if (depth > 0) handler.close(tag.local, own);
  });
  parser.write(text).close();
  return handler;
}

function elementOf(tag: SaxesTagNS, namespace: string): Element {
  return {
    name: tag.uri === namespace ? tag.local : `{${tag.uri}}${tag.local}`,
    get: (name) => tag.attributes[name]?.value,
  };
}
