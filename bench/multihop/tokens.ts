// Words of a text, as the lexical parts of the task count them.

/** Words that say nothing about what a text is about. */
const STOP = new Set(
  "the of a an in on at to for is was were are be by which who what when where did does do with and or from that this it its as has had have how many much whose whom".split(
    " ",
  ),
);

/** Lower case, everything but letters and digits of ASCII a single blank. */
export function normalise(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

/** Whether a normalised word is left out of counts. */
export function isStopWord(word: string): boolean {
  return STOP.has(word);
}

/** The words of a text without stop words, in order. */
export function words(text: string): string[] {
  return normalise(text)
    .split(" ")
    .filter((word) => word !== "" && !STOP.has(word));
}
