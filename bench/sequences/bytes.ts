// Text as events: one byte an event.
import { Cpe } from "mfn/cpe";
import { sequence } from "../data.js";
import { dataFile } from "../files.js";
import type { Bench } from "../harness.js";
import { type Estimate, jackknife } from "./prequential.js";

/** Bytes that belong together for the standard error. */
const BLOCK = 10_000;
/** Bytes of the articles that are taken. */
const ARTICLE_BYTES = 1_000_000;

/** The texts that are here; of others the suite says that they are skipped. A smoke run has a made one. */
export function texts(b: Bench): [name: string, bytes: Uint8Array][] {
  // Numbers of a made source stand for letters.
  if (b.quick) return [["made, 60 letters", Uint8Array.from(sequence(20_000, 60))]];
  const sets: [string, Uint8Array | undefined][] = [
    ["leviathan.txt", dataFile("sequences/ipredict_leviathan.txt.gz")],
    ["wikispeedia articles", dataFile("wikispeedia/text.tsv.gz")?.subarray(0, ARTICLE_BYTES)],
  ];
  for (const [name, bytes] of sets) if (bytes === undefined) b.log(`${name} skipped: it is not here (MFN_DATA)`);
  return sets.filter((set): set is [string, Uint8Array] => set[1] !== undefined);
}

/**
 * Bits a byte that a new model says the text takes, with the standard error over blocks of 10,000 bytes. A byte that was never seen costs the
 * escape and 8 bits more, which say which it is.
 */
export function bitsAByte(bytes: Uint8Array): Estimate {
  const cpe = Cpe.createSync();
  const bits = cpe.observeMany(0, bytes);
  cpe.dispose();
  const seen = new Set<number>();
  const blocks: Float64Array[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (i % BLOCK === 0) blocks.push(new Float64Array(2));
    const block = blocks[blocks.length - 1];
    block[0]++;
    block[1] += bits[i] + (seen.has(bytes[i]) ? 0 : 8);
    seen.add(bytes[i]);
  }
  return jackknife(blocks, ([n, sum]) => sum / n);
}
