import { Cpe } from "mfn/cpe";
import type { Bench } from "../harness.js";
import { bitsAByte, texts } from "../sequences/bytes.js";
import { shown } from "../sequences/prequential.js";
import { label, peer } from "./load.js";

/** 7-Zip in WebAssembly: a command line over files in memory. */
interface SevenZip {
  FS: { writeFile(name: string, bytes: Uint8Array): void; readFile(name: string): Uint8Array; unlink(name: string): void };
  callMain(args: string[]): void;
}
type Make = (options: { print: () => void }) => Promise<SevenZip>;

/** Bytes that are timed. */
const TIMED = 100_000;
/** Bits a character of leviathan.txt that others have measured with PPMd of order 6. */
const KNOWN = 1.761;
const methods = { "PPMd, order 6": "PPMd:o=6", BZip2: "BZip2", LZMA: "LZMA" };

/** Text as bytes: what the model says it costs, beside the size of 7-Zip's archives; and what it takes to learn it, beside packing. */
export async function bytes(b: Bench): Promise<void> {
  const module = await peer<{ default: Make }>(b, "7z-wasm");
  if (module === undefined) return;
  const zip = await module.default({ print: () => {} });
  const pack = (method: string, text: Uint8Array) => {
    zip.FS.writeFile("text", text);
    zip.callMain(["a", `-m0=${method}`, "-mx=9", "text.7z", "text"]);
    const { length } = zip.FS.readFile("text.7z");
    zip.FS.unlink("text.7z");
    return length;
  };
  for (const [name, text] of texts(b)) {
    const bits = bitsAByte(text);
    b.log(`${name}, ${text.length} bytes: ${shown(bits, 3)} bits a character (standard error)`);
    if (name === "leviathan.txt") check(b, (8 * pack(methods["PPMd, order 6"], text)) / text.length);
    for (const [method, option] of Object.entries(methods)) {
      b.score({
        case: `bits a character, ${name}`,
        unit: "bits",
        ours: bits.value,
        peer: `${label("7z-wasm")}, ${method}`,
        peerValue: (8 * pack(option, text)) / text.length,
        higherIsBetter: false,
        n: text.length,
      });
    }
    const part = text.slice(0, TIMED);
    const out = new Float32Array(part.length);
    const cpe = Cpe.createSync();
    await b.compare({
      case: `learn, or pack, ${part.length} bytes of ${name}`,
      n: part.length,
      peer: `${label("7z-wasm")}, PPMd`,
      check: () => cpe.observeMany(0, part, out).every((x) => x >= 0) && pack("PPMd:o=6", part) < part.length,
      ours: () => cpe.observeMany(0, part, out),
      theirs: () => pack("PPMd:o=6", part),
    });
    cpe.dispose();
  }
}

function check(b: Bench, ppmd: number): void {
  const text = `PPMd of leviathan.txt: ${ppmd.toFixed(3)} bits a character, known ${KNOWN}`;
  if (Math.abs(ppmd - KNOWN) < 0.002) b.log(text);
  else b.fail("leviathan.txt was not read right", new Error(text));
}

export default bytes;
