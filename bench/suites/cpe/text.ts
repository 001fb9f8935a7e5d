// Text as bytes: what the model says it costs, beside what the general compressors of the platform need. That the bits are those of a code is what
// test/cpe/code.test.ts shows; PPMd is in `bench:peers`.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Bench } from "../../harness.js";
import { bitsAByte, texts } from "../../sequences/bytes.js";
import { shown } from "../../sequences/prequential.js";

const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } };

/** The rows of bits a character. */
export async function text(b: Bench): Promise<void> {
  for (const [name, bytes] of texts(b)) {
    const n = bytes.length;
    const bits = bitsAByte(bytes);
    b.log(`${name}, ${n} bytes: ${shown(bits, 3)} bits a character (standard error)`);
    const peers = { "brotli -q 11": brotliCompressSync(bytes, best), "gzip -9": gzipSync(bytes, { level: 9 }) };
    for (const [peer, { length }] of Object.entries(peers)) {
      const peerValue = (8 * length) / n;
      b.score({ case: `bits a character, ${name}`, unit: "bits", ours: bits.value, peer, peerValue, higherIsBetter: false, n });
    }
  }
}

export default text;
