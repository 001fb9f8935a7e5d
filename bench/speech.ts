// Spoken data sets as sequences of feature vectors, for the benchmarks of streams.
import { dataFile } from "./files.js";

/** A sequence: rows of `width` numbers, back to back. */
export interface Utterance {
  rows: Float32Array;
  label: number;
  speaker: string;
}

export interface SpeechTask {
  /** Numbers of a row. */
  width: number;
  classes: number;
  train: Utterance[];
  test: Utterance[];
}

/** Japanese Vowels (UCI): nine speakers, 12 cepstral coefficients a frame, 270 series to learn from and 370 to tell. */
export function japaneseVowels(): SpeechTask | undefined {
  const files = ["train", "test"].map((name) => dataFile(`speech/japanese-vowels.ae.${name}`));
  if (files[0] === undefined || files[1] === undefined) return undefined;
  // A line of ones ends each series of the test file. It is a mark, not a frame: real numbers have six decimals.
  const mark = /^(1\.0\s*){12}$/;
  const [train, test] = files.map((file) =>
    new TextDecoder()
      .decode(file)
      .split(/\n\s*\n/)
      .map((block) => block.split("\n").filter((line) => line.trim() !== "" && !mark.test(line)))
      .filter((lines) => lines.length > 0)
      .map((lines) => Float32Array.from(lines.join(" ").trim().split(/\s+/), Number)),
  );
  const counts = [31, 35, 88, 44, 29, 24, 40, 50, 29];
  const speakers = counts.flatMap((count, speaker) => new Array<number>(count).fill(speaker));
  const labelled = (rows: Float32Array, label: number): Utterance => ({ rows, label, speaker: `${label}` });
  return {
    width: 12,
    classes: 9,
    train: train.map((rows, i) => labelled(rows, Math.floor(i / 30))),
    test: test.map((rows, i) => labelled(rows, speakers[i])),
  };
}

/** A recording of the Free Spoken Digit Dataset. */
export interface Recording {
  digit: number;
  speaker: string;
  index: number;
  /** 8,000 a second, in [-1, 1). */
  samples: Float32Array;
}

/** The Free Spoken Digit Dataset: 3,000 recordings, six speakers, sorted by name. Official split: index 0 to 4 is for testing. */
export function spokenDigits(): Recording[] | undefined {
  const archive = dataFile("speech/fsdd-recordings.tar.gz");
  if (archive === undefined) return undefined;
  const recordings: Recording[] = [];
  for (const { name, bytes } of tarEntries(archive)) {
    const match = /(\d)_([a-z]+)_(\d+)\.wav$/.exec(name);
    if (match !== null)
      recordings.push({ digit: Number(match[1]), speaker: match[2], index: Number(match[3]), samples: wavSamples(bytes) });
  }
  const name = (r: Recording) => `${r.digit}_${r.speaker}_${r.index}`;
  return recordings.sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

/** The plain files of a tar archive (POSIX ustar): blocks of 512 bytes, a header before each file. */
export function* tarEntries(tar: Uint8Array): Generator<{ name: string; bytes: Uint8Array }> {
  const text = (at: number, length: number) => new TextDecoder().decode(tar.subarray(at, at + length)).replace(/\0.*$/s, "");
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    if (!Number.isFinite(size)) throw new Error(`tar: bad size at byte ${at}`);
    const type = text(at + 156, 1);
    if (type === "" || type === "0") yield { name: text(at, 100), bytes: tar.subarray(at + 512, at + 512 + size) };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** The samples of a RIFF/WAVE file of one channel of 16 bits, in [-1, 1). */
export function wavSamples(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (tag(0) !== "RIFF" || tag(8) !== "WAVE") throw new Error("wav: not a RIFF/WAVE file");
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    if (
      tag(at) === "fmt " &&
      (view.getUint16(at + 8, true) !== 1 || view.getUint16(at + 10, true) !== 1 || view.getUint16(at + 22, true) !== 16)
    ) {
      throw new Error("wav: expected one channel of 16-bit PCM");
    }
    if (tag(at) === "data") {
      const n = Math.min(size, bytes.length - at - 8) >>> 1;
      return Float32Array.from({ length: n }, (_, i) => view.getInt16(at + 8 + 2 * i, true) / 32768);
    }
    at += 8 + size + (size & 1);
  }
  throw new Error("wav: no samples");
}

/** How sound becomes frames. */
export interface MelOptions {
  /** Samples a second. */
  rate: number;
  /** Samples of a window; a power of two. */
  window: number;
  /** Samples from one window to the next. */
  hop: number;
  /** Filters. */
  bands: number;
}

/**
 * Logarithms of the energies in mel-spaced triangular bands. Source: Davis and Mermelstein, "Comparison of parametric representations for
 * monosyllabic word recognition" (1980).
 * @returns rows of `bands` numbers; at least one row
 */
export function logMel(samples: Float32Array, { rate, window, hop, bands }: MelOptions): Float32Array {
  const frames = Math.max(1, 1 + Math.floor((samples.length - window) / hop));
  const filters = melFilters(rate, window, bands);
  const out = new Float32Array(frames * bands);
  const re = new Float64Array(window);
  const im = new Float64Array(window);
  for (let f = 0; f < frames; f++) {
    for (let i = 0; i < window; i++) {
      re[i] = (samples[f * hop + i] ?? 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window));
      im[i] = 0;
    }
    fft(re, im);
    filters.forEach(({ from, weights }, b) => {
      let energy = 0;
      for (let k = 0; k < weights.length; k++) energy += weights[k] * (re[from + k] ** 2 + im[from + k] ** 2);
      out[f * bands + b] = Math.log(energy + 1e-6);
    });
  }
  return out;
}

/** Logarithms of energies without the silence before and after: frames at the ends are dropped while their energy is more than `drop` (in natural
 * logarithms) below the loudest. */
export function trimmed(rows: Float32Array, bands: number, drop: number): Float32Array {
  const frames = rows.length / bands;
  const energy = Array.from({ length: frames }, (_, f) => {
    let sum = 0;
    for (let b = 0; b < bands; b++) sum += Math.exp(rows[f * bands + b]);
    return Math.log(sum);
  });
  const least = Math.max(...energy) - drop;
  const from = energy.findIndex((e) => e >= least);
  const to = energy.findLastIndex((e) => e >= least) + 1;
  return rows.slice(from * bands, to * bands);
}

function melFilters(rate: number, window: number, bands: number): { from: number; weights: Float64Array }[] {
  const mel = (hz: number) => 2595 * Math.log10(1 + hz / 700);
  const hz = (m: number) => 700 * (10 ** (m / 2595) - 1);
  const low = mel(60);
  const step = (mel(rate / 2) - low) / (bands + 1);
  const bin = (b: number) => (hz(low + b * step) * window) / rate;
  return Array.from({ length: bands }, (_, b) => {
    const [left, centre, right] = [bin(b), bin(b + 1), bin(b + 2)];
    const from = Math.ceil(left);
    const to = Math.max(from, Math.floor(right));
    const weights = Float64Array.from({ length: to - from + 1 }, (_, i) => {
      const k = from + i;
      return Math.max(0, k < centre ? (k - left) / (centre - left) : (right - k) / (right - centre));
    });
    return { from, weights };
  });
}

/** The discrete Fourier transform of a power of two of numbers, in place. Source: Cooley and Tukey (1965). */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const c = Math.cos((-2 * Math.PI * k) / size);
      const s = Math.sin((-2 * Math.PI * k) / size);
      for (let i = k; i < n; i += size) {
        const j = i + half;
        const x = re[j] * c - im[j] * s;
        const y = re[j] * s + im[j] * c;
        re[j] = re[i] - x;
        im[j] = im[i] - y;
        re[i] += x;
        im[i] += y;
      }
    }
  }
}

/** Adds to each row how it changes: the slope of a line through the rows `reach` before to `reach` after (Furui, 1986). Rows of 2 x width numbers. */
export function withDeltas(rows: Float32Array, width: number, reach = 2): Float32Array {
  const n = rows.length / width;
  const out = new Float32Array(2 * rows.length);
  let norm = 0;
  for (let d = 1; d <= reach; d++) norm += 2 * d * d;
  for (let r = 0; r < n; r++) {
    for (let i = 0; i < width; i++) {
      let slope = 0;
      for (let d = 1; d <= reach; d++) {
        slope += d * (rows[Math.min(n - 1, r + d) * width + i] - rows[Math.max(0, r - d) * width + i]);
      }
      out[2 * r * width + i] = rows[r * width + i];
      out[(2 * r + 1) * width + i] = slope / norm;
    }
  }
  return out;
}

/** A function that brings each column to mean 0 and deviation 1, as measured on `train`. */
export function standardiser(train: Float32Array[], width: number): (rows: Float32Array) => Float32Array {
  const sum = new Float64Array(width);
  const squares = new Float64Array(width);
  let n = 0;
  for (const rows of train) {
    n += rows.length / width;
    for (let i = 0; i < rows.length; i++) {
      sum[i % width] += rows[i];
      squares[i % width] += rows[i] * rows[i];
    }
  }
  const mean = sum.map((s) => s / n);
  const scale = squares.map((s, i) => 1 / (Math.sqrt(s / n - mean[i] * mean[i]) || 1));
  return (rows) => rows.map((x, i) => (x - mean[i % width]) * scale[i % width]);
}

/** The means over `bins` equal parts of a sequence, one part after the other: what a linear model needs to see of it. */
export function binMeans(rows: Float32Array, width: number, bins: number): Float32Array {
  const n = rows.length / width;
  const out = new Float32Array(bins * width);
  const count = new Array<number>(bins).fill(0);
  for (let r = 0; r < n; r++) {
    const bin = Math.floor((r * bins) / n);
    count[bin]++;
    for (let i = 0; i < width; i++) out[bin * width + i] += rows[r * width + i];
  }
  return out.map((x, i) => x / (count[Math.floor(i / width)] || 1));
}
