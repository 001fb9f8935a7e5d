// The same program on every platform: an engine and its layers from dist/, every operation and question, the answers checked, and
// a digest of all state and answers, which scripts/platforms.mjs compares. Uses nothing but the language and Web Crypto. Whatever runs
// it calls `smoke`: smoke-run.mjs, or a worker that is given the modules compiled.

import { Alm } from "../../dist/alm.js";
import { Cpe, Forecaster, PeerMonitor, SeriesDetector, StridePredictor } from "../../dist/cpe.js";
import { Dsr, Reservoir, RidgeReadout } from "../../dist/dsr.js";
import { readText } from "../../dist/formats.js";
import {
  BinaryFuse,
  FixedIfr,
  Ifr,
  IfrCache,
  packKeys,
  RollingBloom,
  SplitBlockBloom,
  TagFilter,
  useChecksumModule,
} from "../../dist/ifr.js";
import { Mfn } from "../../dist/index.js";
import { logLine, shopLog } from "../../dist/samples.js";
import { TokenHasher, tokenize } from "../../dist/text.js";

/** @typedef {Record<string, WebAssembly.Module | undefined>} Modules compiled modules by name; one that is missing is compiled from what is embedded */

const DIMENSIONS = 24;
const THINGS = 150;
const OPERATIONS = 3000;
const HOUR = 3_600_000;
const START = 1_700_000_000_000;

/** @param {unknown} condition @param {string} what */
function check(condition, what) {
  if (!condition) throw new Error(`smoke: ${what}`);
}

/** Numbers in [0, 1), the same everywhere (xorshift32). @param {number} seed */
function generator(seed) {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

/** Operations of every kind on a few keys, most of them events that follow each other in a circle. @param {import("../../dist/types/index.d.ts").Mfn} mfn */
function operate(mfn) {
  const random = generator(7);
  const key = () => `thing ${Math.floor(random() * THINGS)}`;
  const hasher = new TokenHasher({ dimensions: DIMENSIONS });
  const places = Array.from({ length: 10 }, () => Math.floor(random() * THINGS));
  for (let i = 0; i < OPERATIONS; i++) {
    const at = START + i * HOUR;
    const kind = random();
    if (kind < 0.15) {
      const name = key();
      const vector =
        random() < 0.5 ? hasher.vector(tokenize(`${name} of house ${i % 7}`)) : Float32Array.from({ length: DIMENSIONS }, random);
      mfn.remember(name, { vector, value: { i }, links: [{ to: key(), type: "near", weight: 0.5 + random() }], at });
    } else if (kind < 0.7) {
      const stream = Math.floor(random() * places.length);
      places[stream] = random() < 0.85 ? (places[stream] * 7 + 3) % THINGS : Math.floor(random() * THINGS);
      mfn.observe(`stream ${stream}`, `thing ${places[stream]}`, random() < 0.1 ? { at, value: i % 24 } : { at });
    } else if (kind < 0.85) mfn.link(key(), key(), { type: i % 2 ? "near" : "far", weight: 0.1 + random(), reinforce: i % 3 === 0, at });
    else if (kind < 0.97) mfn.record("load", 50 + 20 * ((i % 24) / 24) + random(), { at, interval: HOUR });
    else mfn.forget(key());
  }
}

/** The modules of an engine. @param {Modules} modules */
const engineModules = ({ ifr, dsr, alm, cpe, fusion }) => ({ ifr, dsr, alm, cpe, fusion });

/** A log of the sample shop: made, written, read and learned. @param {Modules} modules @returns {Promise<Uint8Array[]>} its text and what was learned */
async function sampleLog(modules) {
  const text = Array.from(shopLog({ seed: 5, events: 2000 }), (event) => logLine(event)).join("\n");
  const mfn = await Mfn.create({ dimensions: DIMENSIONS, contextBytes: 1 << 19, wasm: engineModules(modules) });
  const { operations, report } = readText(text, { dimensions: DIMENSIONS });
  for (const operation of operations()) mfn.apply(operation);
  check(report.format === "access-log" && mfn.stats().operations > 2000, "the log is read as one");
  const images = Object.values(mfn.images());
  mfn.dispose();
  return [new TextEncoder().encode(text), ...images];
}

/** Every question, without what depends on the clock. @param {import("../../dist/types/index.d.ts").Mfn} mfn @returns {unknown[]} */
function question(mfn) {
  const answers = [];
  for (let stream = 0; stream < 10; stream++) {
    for (const strategy of /** @type {const} */ (["sequential", "parallel"])) {
      const { results, escape, partial } = mfn.recall({ stream: `stream ${stream}` }, { strategy, k: 5 });
      check(!partial && results.length > 0, "recall answers");
      answers.push(results, escape);
    }
    answers.push(mfn.predict(`stream ${stream}`, { k: 5 }));
  }
  const keys = [...mfn.keys()].slice(0, 20);
  for (const key of keys) {
    answers.push(mfn.get(key), mfn.similar(key, { k: 5 }), mfn.associate(key, { k: 5 }), mfn.associate(key, { k: 5, by: "pagerank" }));
    answers.push(mfn.route(keys[0], key));
    check(mfn.recall(key).results[0].key === key, "recall of a known key gives it first");
  }
  check(mfn.recall({ vector: new Float32Array(DIMENSIONS).fill(1) }, { strategy: "adaptive" }).results.length > 0, "recall by a vector");
  const { mean, lower, upper, model } = mfn.forecast("load", { horizon: 24 });
  check(
    mean.every((value, i) => lower[i] <= value && value <= upper[i]),
    "the forecast is within its interval",
  );
  answers.push([...mean], [...lower], [...upper], model, mfn.stats().fusion);
  return answers;
}

/** A few calls of each layer alone. @param {Modules} modules @returns {Promise<Uint8Array[]>} their images */
async function layersAlone(modules) {
  const random = generator(11);
  const ifr = await Ifr.create({ seed: 3, wasm: modules["ifr"] });
  for (let i = 0; i < 2000; i++) ifr.intern(`key ${i}`);
  for (let i = 0; i < 2000; i += 3) ifr.delete(`key ${i}`);
  check(ifr.has("key 1") && !ifr.has("key 3"), "IFR knows what it was given");
  const dsr = await Dsr.create({ dimensions: 16, wasm: modules["dsr-index"] });
  for (let id = 0; id < 300; id++) dsr.add(id, Float32Array.from({ length: 16 }, random));
  check(dsr.searchById(5, { k: 3 }).ids.length === 3, "DSR finds neighbours");
  const index = await Dsr.create({ dimensions: 40, metric: "l2", rows: "i8", secondWinners: 0.5, seed: 9, wasm: modules["dsr-index"] });
  index.addMany(
    Array.from({ length: 4500 }, (_, i) => i),
    Float32Array.from({ length: 4500 * 40 }, random),
  );
  for (let id = 0; id < 4500; id += 9) index.remove(id);
  const found = index.search(new Float32Array(40).fill(0.5), { k: 5, recall: 0.95 });
  check(index.stats().neurons > 0 && found.ids.length === 5, "a population has learned and finds");
  check(String(index.trace(new Float32Array(40)).winners) === String(index.winners(new Float32Array(40), 8)), "winners fire");
  const alm = await Alm.create({ halfLife: 24 * HOUR, wasm: modules["alm-mesh"] });
  for (let i = 0; i < 1000; i++)
    alm.link(Math.floor(random() * 100), Math.floor(random() * 100), { weight: 0.1 + random(), at: START + i * HOUR });
  check(alm.edgeCount > 500, "ALM has its edges");
  const mesh = await Alm.create({ directed: false, wasm: modules["alm-mesh"] });
  const ends = () => Int32Array.from({ length: 4000 }, () => Math.floor(random() ** 2 * 900));
  mesh.linkMany(ends(), ends(), { weights: Float32Array.from({ length: 4000 }, () => 1 + random()) });
  const asked = Array.from({ length: 50 }, (_, i) => i);
  const live = asked.map((id) => mesh.shortestPath(id, 899 - id, { algorithm: "bidirectional" })?.cost ?? -1);
  const indexes = { labels: modules["alm-labels"], ch: modules["alm-ch"], cch: modules["alm-cch"], alt: modules["alm-labels"] };
  for (const kind of /** @type {const} */ (["labels", "ch", "cch", "alt"])) {
    await mesh.freeze({ index: kind, wasm: indexes });
    const frozen = asked.map((id) => mesh.shortestPath(id, 899 - id)?.cost ?? -1);
    check(
      frozen.every((cost, i) => Math.abs(cost - live[i]) <= 1e-9 * Math.abs(live[i])),
      `routes by ${kind} cost what live ones do`,
    );
  }
  const ranks = mesh.personalizedPageRank([1, 2], { k: 20 }).scores;
  const activations = mesh.spread([1, 2], { k: 20 }).scores;
  const cpe = await Cpe.create({ contextBytes: 1 << 18, wasm: modules["cpe-events"] });
  for (let i = 0; i < 3000; i++) cpe.observe(i % 5, [1, 2, 3, 2][((i / 5) % 4) | 0]);
  check(cpe.predict(0, 1).ids.length === 1, "CPE predicts");

  const reservoir = await Reservoir.create({ inputs: 2, neurons: 200, seed: 5, wasm: modules["dsr-reservoir"] });
  const rows = Float32Array.from({ length: 2 * 200 }, random);
  const states = reservoir.run(rows);
  const readout = new RidgeReadout({ features: states.length / 200, outputs: 1 });
  readout.fit(
    states,
    rows.filter((_, i) => i % 2 === 0),
    { ridge: 1e-3 },
  );
  const read = readout.predict(states.subarray(0, states.length / 200));
  check(Number.isFinite(read[0]), "the readout reads");
  const images = [ifr, dsr, index, alm, mesh, cpe, reservoir].map((layer) => layer.image());
  for (const layer of [ifr, dsr, index, alm, mesh, cpe, reservoir]) layer.dispose();
  return [
    ...images,
    ...[Float64Array.from(live), ranks, activations].map(({ buffer }) => new Uint8Array(buffer)),
    new Uint8Array(found.distances.buffer),
    new Uint8Array(states.buffer),
    new Uint8Array(read.buffer),
  ];
}

/** The registries, filters and cache of mfn/ifr. @param {Modules} modules @returns {Promise<Uint8Array[]>} their images */
async function registries(modules) {
  const wasm = modules["ifr"];
  const filters = modules["ifr-filters"];
  const keys = Array.from({ length: 3000 }, (_, i) => (i % 7 === 0 ? `schlüssel ${i}` : `a key of some length, number ${i}`));
  const one = await Ifr.create({ seed: 5, wasm });
  const many = await Ifr.create({ seed: 5, wasm });
  for (const key of keys) one.intern(key);
  // Strings go by whatever way is the fastest here: in pieces, joined, or by the runtime's own functions.
  const ids = many.internMany(keys);
  check(
    ids.every((id, i) => id === i),
    "ids are dense",
  );
  check(String(one.image()) === String(many.image()), "a batch is the same as its keys one by one");
  check(
    many.idsOf(packKeys(keys)).every((id, i) => id === i),
    "columns are found",
  );
  const loaded = await Ifr.load(many.snapshot(), { wasm });
  check(loaded.idOf(keys[77]) === 77 && loaded.intern("new") === 3000, "a snapshot is loaded");
  const fixed = await FixedIfr.create({ width: 20, seed: 6, wasm: modules["ifr-fixed"] });
  const column = Uint8Array.from({ length: 20 * 5000 }, (_, i) => (i % 20 < 3 ? i / 20 / 256 ** (i % 20) : i % 20));
  check(fixed.insertMany(column) === 5000 && fixed.hasMany(column) === 5000, "keys of one width");
  for (let id = 0; id < 5000; id += 5) fixed.deleteId(id);
  const bloom = await SplitBlockBloom.create({ capacity: 3000, hash: "xxh64", wasm: filters });
  bloom.addMany(keys);
  const rolling = await RollingBloom.create({ capacity: 500, wasm: filters });
  rolling.addMany(keys);
  const tags = await TagFilter.create({ capacity: 4000, wasm: filters });
  tags.addMany(keys);
  const fuse = await BinaryFuse.create(keys, { wasm: filters });
  check(bloom.hasMany(keys) === 3000 && tags.hasMany(keys) === 3000 && fuse.hasMany(keys) === 3000, "filters deny nothing");
  const cache = await IfrCache.create({ maxEntries: 100, ttl: 1000, now: () => START, wasm: modules["ifr-cache"] });
  for (const [i, key] of keys.entries()) {
    cache.set(key, i);
    cache.get(keys[i >> 1]);
  }
  check(cache.size === 100, "the cache keeps its bound");
  const all = [many, loaded, fixed, bloom, rolling, tags, fuse, cache];
  const images = all.map((layer) => layer.image());
  for (const layer of all) layer.dispose();
  return [...images, bloomFile(keys, filters)];
}

/** What mfn/cpe knows of numbers. @param {Modules} modules @returns {Promise<Uint8Array[]>} images and answers */
async function numbers(modules) {
  const random = generator(13);
  const forecaster = await Forecaster.create({ wasm: modules["cpe-demand"] });
  const load = forecaster.series(3, { interval: HOUR, period: 24, online: true });
  for (let i = 0; i < 500; i++) load.record(START + i * HOUR, 50 + (i % 24) * 2 + 5 * random());
  const { mean, lower, upper } = load.forecast({ horizon: 24 });
  check(
    mean.every((value, i) => lower[i] <= value && value <= upper[i]),
    "a fitted forecast is within its interval",
  );
  const detector = await SeriesDetector.create({ wasm: modules["cpe-anomaly"] });
  const found = Array.from({ length: 2000 }, (_, i) => detector.observe(0, i === 1900 ? 90 : (i % 7) + random()));
  check(found[1900].alarm, "a value that is out of line is an alarm");
  const scores = Float64Array.from(found, ({ score }) => score);
  const monitor = await PeerMonitor.create({ events: 3, wasm: modules["cpe-anomaly"] });
  for (let i = 0; i < 3000; i++) monitor.observe(i % 3, random() < 0.3 ? 1 : 0);
  const strides = await StridePredictor.create({ wasm: modules["cpe-stride"] });
  for (let i = 0; i < 500; i++) strides.observe(0, i % 2 ? 800 + 8 * i : Math.floor(random() * 1e6));
  check(strides.predict(0, 4).ids.includes(800 + 8 * 501), "a run is seen between other requests");
  const all = [forecaster, detector, monitor, strides];
  const images = all.map((layer) => layer.image());
  for (const layer of all) layer.dispose();
  return [...images, ...[mean, lower, upper, scores].map(({ buffer }) => new Uint8Array(buffer))];
}

/** A filter as Parquet has it. @param {string[]} keys @param {WebAssembly.Module} [wasm] */
function bloomFile(keys, wasm) {
  const bloom = SplitBlockBloom.createSync({ capacity: 100, hash: "xxh64", wasm });
  bloom.addMany(keys.slice(0, 100));
  return bloom.toParquet();
}

/** @param {Uint8Array} bytes @returns {Promise<string>} the first half of their SHA-256, in hexadecimal */
async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", /** @type {BufferSource} */ (bytes)));
  return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {Modules} [modules] @returns {Promise<string>} one line of JSON: digests by what they are of */
export async function smoke(modules = {}) {
  if (modules["checksum"]) useChecksumModule(modules["checksum"]);
  const options = { dimensions: DIMENSIONS, halfLife: 30 * 24 * HOUR, contextBytes: 1 << 19, wasm: engineModules(modules) };
  const mfn = await Mfn.create({ ...options, seed: 9 });
  operate(mfn);
  const before = mfn.images();
  const answers = question(mfn);
  /** @type {Record<string, string>} */
  const digests = { answers: await digest(new TextEncoder().encode(JSON.stringify(answers))) };
  for (const [name, image] of Object.entries(mfn.images())) {
    digests[name] = await digest(image);
    check(digests[name] === (await digest(before[/** @type {keyof typeof before} */ (name)])), `questions change nothing in ${name}`);
  }
  mfn.dispose();
  let refused = "";
  try {
    mfn.recall("x");
  } catch (error) {
    refused = /** @type {any} */ (error).code;
  }
  check(refused === "ERR_DISPOSED", "a disposed engine refuses");
  const parts = { alone: layersAlone, registries, numbers, sample: sampleLog };
  for (const [name, part] of Object.entries(parts)) {
    for (const [i, bytes] of (await part(modules)).entries()) digests[`${name} ${i}`] = await digest(bytes);
  }
  return JSON.stringify(digests);
}
