import { expect, test } from "vitest";
import { binMeans, fft, logMel, standardiser, tarEntries, trimmed, wavSamples, withDeltas } from "../../bench/speech.js";
import { Random } from "../helpers/random.js";

test("fft is the discrete Fourier transform", () => {
  const random = new Random(1);
  for (const n of [1, 2, 8, 64]) {
    const [re, im] = [0, 0].map(() => Float64Array.from({ length: n }, () => random.normal()));
    const [gotRe, gotIm] = [re.slice(), im.slice()];
    fft(gotRe, gotIm);
    for (let k = 0; k < n; k++) {
      let [sumRe, sumIm] = [0, 0];
      for (let i = 0; i < n; i++) {
        const [c, s] = [Math.cos((-2 * Math.PI * k * i) / n), Math.sin((-2 * Math.PI * k * i) / n)];
        sumRe += re[i] * c - im[i] * s;
        sumIm += re[i] * s + im[i] * c;
      }
      expect(gotRe[k]).toBeCloseTo(sumRe, 9);
      expect(gotIm[k]).toBeCloseTo(sumIm, 9);
    }
  }
});

test("a tone is loudest in the band around it, wherever it is; silence is as loud everywhere", () => {
  const options = { rate: 8000, window: 256, hop: 80, bands: 20 };
  const loudest = [300, 800, 1500, 2500, 3500].map((hz) => {
    const rows = logMel(
      Float32Array.from({ length: 1000 }, (_, i) => Math.sin((2 * Math.PI * hz * i) / 8000)),
      options,
    );
    expect(rows.length).toBe(20 * (1 + Math.floor((1000 - 256) / 80)));
    return rows.subarray(0, 20).indexOf(Math.max(...rows.subarray(0, 20)));
  });
  expect(loudest).toEqual([...new Set(loudest)].sort((a, b) => a - b));
  // A sequence shorter than the window is one frame.
  expect(new Set(logMel(new Float32Array(10), options))).toEqual(new Set([Math.fround(Math.log(1e-6))]));
});

test("silence at the ends is cut off, in the middle it stays", () => {
  const rows = Float32Array.from([-9, 0, -9, -1, -9, -9].flatMap((e) => [e, e]));
  expect([...trimmed(rows, 2, 6)]).toEqual([0, 0, -9, -9, -1, -1]);
});

test("slopes of a line, means of parts, mean 0 and deviation 1", () => {
  const line = Float32Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 3 * (i / 2) : 7));
  const with2 = withDeltas(line, 2, 1);
  expect([...with2.subarray(4, 8)]).toEqual([3, 7, 3, 0]);
  expect([...binMeans(line, 2, 3)]).toEqual([1.5, 7, 7.5, 7, 13.5, 7]);
  const done = standardiser([line.subarray(0, 6), line.subarray(6)], 2)(line);
  const first = done.filter((_, i) => i % 2 === 0);
  expect(first.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 5);
  expect(first.reduce((a, b) => a + b * b, 0) / 6).toBeCloseTo(1, 5);
  expect(done[1]).toBe(0);
});

test("reads a tar of wav files", () => {
  const samples = [0, 16384, -32768, 32767];
  const wav = Buffer.alloc(44 + 2 * samples.length);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + 2 * samples.length, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(16000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((s, i) => {
    wav.writeInt16LE(s, 44 + 2 * i);
  });
  const header = (name: string, size: number, type: string) => {
    const block = Buffer.alloc(512);
    block.write(name, 0);
    block.write(`${size.toString(8).padStart(11, "0")} `, 124);
    block.write(type, 156);
    return block;
  };
  const tar = Buffer.concat([
    header("recordings/", 0, "5"),
    header("recordings/1_a_0.wav", wav.length, "0"),
    wav,
    Buffer.alloc(512 - wav.length),
    header("empty", 0, "0"),
    Buffer.alloc(1024),
  ]);
  const entries = [...tarEntries(tar)];
  expect(entries.map((e) => [e.name, e.bytes.length])).toEqual([
    ["recordings/1_a_0.wav", wav.length],
    ["empty", 0],
  ]);
  expect([...wavSamples(entries[0].bytes)]).toEqual([0, 0.5, -1, 32767 / 32768]);
  expect(() => wavSamples(new Uint8Array(60))).toThrow("RIFF");
  wav.writeUInt16LE(2, 22);
  expect(() => wavSamples(wav)).toThrow("one channel");
});
