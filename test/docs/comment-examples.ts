// The `@example` blocks of doc comments as programs that check themselves.
import { transformSync } from "esbuild";

/** One block: whose it is, and its code as it stands in the comment. */
export interface Example {
  symbol: string;
  code: string;
}

/** The examples in a source file, each with the name of what the comment stands before. */
export function examplesOf(source: string): Example[] {
  const found: Example[] = [];
  for (const [, comment, rest] of source.matchAll(/^ *\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n(.*)/gm)) {
    const blocks = comment.replace(/^ *\* ?/gm, "").split(/^@(?=\w)/m);
    const symbol = /(?:class|function|interface|const) (\w+)/.exec(rest)?.[1] ?? /(\w+)\(/.exec(rest)?.[1] ?? rest.trim();
    for (const block of blocks) {
      if (block.startsWith("example"))
        found.push({
          symbol,
          code: block
            .slice("example".length)
            .replace(/^```.*$/gm, "")
            .trim(),
        });
    }
  }
  return found;
}

/** What a comment may promise of the value before it: one literal, alone or with a remark after a comma. */
const LITERAL = /^(true|false|undefined|-?\d[\w.]*|"[^"]*"|(?:\w+Array )?\[[^\]]*\]|\{[^}]*\})(?:$|, [a-z])/;

/** The example as JavaScript without imports; where a line's comment is a literal, the value of the line goes to `check(value, literal, line)`. */
export function programOf({ code }: Example): string {
  const lines = code.split("\n").map((line) => {
    if (/^import .* from ".*";$/.test(line)) return "";
    const [, statement, comment] = /^(\S.*?);? +\/\/ +(.*)$/.exec(line) ?? [];
    const literal = LITERAL.exec(comment ?? "")?.[1].replace(/^\w+Array /, "");
    if (literal === undefined) return line;
    const name = /^const (\w+) =/.exec(statement)?.[1];
    const checked = `check(${name ?? `(${statement})`}, ${literal}, ${JSON.stringify(line)});`;
    return name === undefined ? checked : `${statement}; ${checked}`;
  });
  return transformSync(lines.join("\n"), { loader: "ts", target: "es2022" }).code;
}

/** A value as a literal in a comment has it: any array as a plain one. */
export function plain(value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<unknown>) : value;
}
