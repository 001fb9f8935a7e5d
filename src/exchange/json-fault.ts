/** What may come next in a JSON text. */
type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | "," | "nothing";

const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;

/**
 * Where a text stops being JSON (RFC 8259): the index of the first character, word, number or escape that cannot be there, the text's length if it only ends too soon. For messages: what
 * engines say of it differs, and often names no place. O(length).
 */
export function jsonFault(text: string): number {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let at = 0;
  while (true) {
    at = skip(SPACE, text, at);
    const character = text[at];
    if (character === undefined || expected === "nothing") return at;
    const ends = character === "}" ? "{" : character === "]" ? "[" : undefined;
    if (ends !== undefined) {
      const fits = expected === "," || expected === (ends === "{" ? "key or }" : "value or ]");
      if (!fits || open.pop() !== ends) return at;
      at++;
      expected = after(open);
    } else if (character === "," || character === ":") {
      if (expected !== character) return at;
      at++;
      expected = character === ":" || open[open.length - 1] === "[" ? "value" : "key";
    } else if (expected === "key" || expected === "key or }") {
      const end = character === '"' ? skipString(text, at) : -at - 1;
      if (end < 0) return -end - 1;
      at = end;
      expected = ":";
    } else if (expected === "value" || expected === "value or ]") {
      if (character === "{" || character === "[") {
        open.push(character);
        at++;
        expected = character === "{" ? "key or }" : "value or ]";
        continue;
      }
      const end = character === '"' ? skipString(text, at) : skip(SCALAR, text, at);
      if (end < 0) return -end - 1;
      if (end === at) return at;
      at = end;
      expected = after(open);
    } else return at;
  }
}

/** What may follow a value. */
function after(open: readonly string[]): Expected {
  return open.length === 0 ? "nothing" : ",";
}

/** End of what the expression matches at a place, the place itself if it matches nothing. */
function skip(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : at;
}

/** End of the string that starts at a place, or -1 - f where f is its fault. */
function skipString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; ) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i + 1;
    if (code < 0x20) return -i - 1;
    const next = code === 0x5c ? skip(ESCAPE, text, i) : i + 1;
    if (next === i) return -i - 1;
    i = next;
  }
  return -text.length - 1;
}
