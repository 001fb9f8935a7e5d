// The bits that the event model returns are those of a code: with them a file is packed, and unpacked again by a model that knows nothing
// but what it has unpacked so far.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { Cpe } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Decoder, Encoder, Shares } from "../oracle/arithmetic-coder.js";

/** Bits of a byte that was never seen, behind the escape that announces it. */
const PLAIN = { total: 256, bits: 8 };

/** One side of the line: a model, and the bytes that it has seen, in the order in which they came first. */
class Side {
  readonly known: number[] = [];
  readonly cpe: Cpe;

  constructor(build: Build) {
    this.cpe = Cpe.createSync({ contextBytes: 1 << 20, wasm: wasm("cpe-events", build) });
  }

  /** What comes next: the known bytes, then the escape. */
  shares(stream: number): Shares {
    const { escape } = this.cpe.predict(stream, 1);
    return new Shares([...this.cpe.probabilities(stream, this.known), escape]);
  }

  learn(stream: number, byte: number): number {
    if (!this.known.includes(byte)) this.known.push(byte);
    return this.cpe.observe(stream, byte);
  }
}

/** Packs bytes, which go to streams in turn. Returns the code and how many bits the model said that they take. */
function pack(bytes: Uint8Array, streams: number, build: Build): { code: Uint8Array; bits: number } {
  const side = new Side(build);
  const encoder = new Encoder();
  let bits = 0;
  bytes.forEach((byte, i) => {
    const shares = side.shares(i % streams);
    const at = side.known.indexOf(byte);
    encoder.encode(shares.of(at < 0 ? side.known.length : at));
    if (at < 0) {
      encoder.encode({ low: byte, high: byte + 1, total: PLAIN.total });
      bits += PLAIN.bits;
    }
    bits += side.learn(i % streams, byte);
  });
  side.cpe.dispose();
  return { code: encoder.finish(), bits };
}

function unpack(code: Uint8Array, length: number, streams: number, build: Build): Uint8Array {
  const side = new Side(build);
  const decoder = new Decoder(code);
  const bytes = Uint8Array.from({ length }, (_, i) => {
    const shares = side.shares(i % streams);
    const at = shares.holder(decoder.target(shares.total));
    decoder.decode(shares.of(at));
    let byte = side.known[at];
    if (at === side.known.length) {
      byte = decoder.target(PLAIN.total);
      decoder.decode({ low: byte, high: byte + 1, total: PLAIN.total });
    }
    side.learn(i % streams, byte);
    return byte;
  });
  side.cpe.dispose();
  return bytes;
}

const page = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url));

describe.each(builds)("an arithmetic coder with the event model's probabilities (%s)", (build) => {
  const part = build === "release" ? 20_000 : 3000;

  it.each([1, 3])("packs a page into the bits that observe returned, and unpacks it, %i streams", (streams) => {
    const bytes = Buffer.concat([page("README.md"), page("docs/cpe.md"), page("docs/ifr.md")]).subarray(0, part);
    const { code, bits } = pack(bytes, streams, build);
    expect(Buffer.compare(unpack(code, bytes.length, streams, build), bytes)).toBe(0);
    expect(Math.abs(code.length * 8 - bits)).toBeLessThan(0.01 * bits + 64);
    expect(code.length).toBeLessThan(0.65 * bytes.length);
  });
});

it("what one build packs the other unpacks", () => {
  const bytes = page("docs/cpe.md").subarray(0, 2000);
  const { code } = pack(bytes, 2, "release");
  expect(Buffer.compare(unpack(code, bytes.length, 2, "debug"), bytes)).toBe(0);
});

it("the coder itself gives back what it got, whatever the shares", () => {
  const chances = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(chances, fc.array(fc.nat(299), { maxLength: 200 }), (weights, picks) => {
      const sum = weights.reduce((a, b) => a + b, 0) || 1;
      const shares = new Shares(weights.map((w) => w / sum));
      const symbols = picks.map((pick) => pick % weights.length);
      const encoder = new Encoder();
      for (const s of symbols) encoder.encode(shares.of(s));
      const decoder = new Decoder(encoder.finish());
      for (const s of symbols) {
        expect(shares.holder(decoder.target(shares.total))).toBe(s);
        decoder.decode(shares.of(s));
      }
    }),
  );
});
