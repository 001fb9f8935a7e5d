import { MfnError, show } from "../errors.js";

/** What XML 1.0 has no place for: control characters, halves of surrogate pairs, and two that are no characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u;
/** What must be written as a reference. A parser makes a space of a raw line end or tab in an attribute, and a line feed of a return. */
const SPECIAL = /[&<>"\t\n\r]/g;
const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** A text as it stands in an attribute or element. @throws MfnError `ERR_ARGUMENT` for characters that XML cannot hold */
export function escapeXml(text: string, name: string): string {
  if (FORBIDDEN.test(text)) throw new MfnError("ERR_ARGUMENT", `${name}: ${show(text)} has a character that XML cannot hold`);
  return text.replace(SPECIAL, (character) => REFERENCES[character]);
}

/** The file from its lines. @throws MfnError `ERR_MEMORY` if it is longer than a string can be */
export function joinLines(lines: readonly string[]): string {
  try {
    return `${lines.join("\n")}\n`;
  } catch (error) {
    throw new MfnError("ERR_MEMORY", "the file would be longer than a string can be", { cause: error });
  }
}
