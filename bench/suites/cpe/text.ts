// Text as bytes, one byte an event: what the model says it costs, beside what the general compressors of the platform need. That the bits are those of a code is
// what test/cpe/code.test.ts shows.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { Cpe } from "mfn/cpe";
import { sequence } from "../../data.js";
import { dataFile } from "../../files.js";
import type { Bench } from "../../harness.js";
import { jackknife, shown } from "../../sequences/prequential.js";

/** Bytes that belong together for the standard error. */
const BLOCK = 10_000;
/** Bytes of the articles that are taken. */
const ARTICLE_BYTES = 1_000_000;

/** The rows of bits a character; standard errors, over blocks of 10,000 bytes, are in the lines that begin with #. */
export async function text(b: Bench): Promise<void> {
  for (const [name, bytes] of texts(b)) {
    const bits = surprises(bytes);
    const blocks = Array.from({ length: Math.ceil(bits.length / BLOCK) }, (_, i) => {
      const part = bits.subarray(i * BLOCK, (i + 1) * BLOCK);
      return Float64Array.of(
        part.length,
        part.reduce((x, y) => x + y, 0),
      );
    });
    const ours = jackknife(blocks, ([n, all]) => all / n);
    const n = bytes.length;
    b.log(`${name}, ${n} bytes: ${shown(ours, 3)} bits a character (standard error)`);
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } };
    const peers = { "brotli -q 11": brotliCompressSync(bytes, quality), "gzip -9": gzipSync(bytes, { level: 9 }) };
    for (const [peer, { length }] of Object.entries(peers)) {
      b.score({
        case: `bits a character, ${name}`,
        unit: "bits",
        ours: ours.value,
        peer,
        peerValue: (8 * length) / n,
        higherIsBetter: false,
        n,
      });
    }
  }
}

function texts(b: Bench): [name: string, bytes: Uint8Array][] {
  // Numbers of a made source stand for letters in a smoke run.
  if (b.quick) return [["made, 60 letters", Uint8Array.from(sequence(20_000, 60))]];
  const sets: [string, Uint8Array | undefined][] = [
    ["leviathan.txt", dataFile("sequences/ipredict_leviathan.txt.gz")],
    ["wikispeedia articles", dataFile("wikispeedia/text.tsv.gz")?.subarray(0, ARTICLE_BYTES)],
  ];
  for (const [name, bytes] of sets) if (bytes === undefined) b.log(`${name} skipped: it is not here (MFN_DATA)`);
  return sets.filter((set): set is [string, Uint8Array] => set[1] !== undefined);
}

/** Bits of each byte. One that was never seen costs the escape and 8 bits more, which say which it is. */
function surprises(bytes: Uint8Array): Float32Array {
  const cpe = Cpe.createSync();
  const bits = cpe.observeMany(0, bytes);
  cpe.dispose();
  const seen = new Set<number>();
  bytes.forEach((byte, i) => {
    if (!seen.has(byte)) bits[i] += 8;
    seen.add(byte);
  });
  return bits;
}

export default text;
