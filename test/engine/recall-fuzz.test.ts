import { type LayerName, Mfn, type MfnOptions, type Recall, type RecallOptions, type RecallQuery } from "mfn";
import { describe, expect, test } from "vitest";
import { DIMENSIONS, randomOperation } from "../helpers/operations.js";
import { Random } from "../helpers/random.js";

const LAYERS: readonly LayerName[] = ["ifr", "dsr", "alm", "cpe"];
const EVERYTHING = 100_000;

function some<T>(random: Random, from: readonly T[]): T[] {
  return from.filter(() => random.next() < 0.6);
}

function randomQuery(random: Random): RecallQuery {
  // Half of the names are known to nobody.
  const key = () => `key ${random.below(120)}`;
  const query: RecallQuery = {};
  if (random.next() < 0.4) query.key = key();
  if (random.next() < 0.4) query.stream = `stream ${random.below(40)}`;
  if (random.next() < 0.3) query.history = Array.from({ length: random.below(20) }, key);
  if (random.next() < 0.3) query.vector = random.vector(DIMENSIONS);
  return Object.keys(query).length > 0 ? query : { key: key() };
}

function randomOptions(random: Random): RecallOptions {
  const times = [0, 1e-9, 0.001, 0.01, 1, Number.POSITIVE_INFINITY];
  return {
    k: random.pick([1, 2, 10, 64, 65, EVERYTHING]),
    strategy: random.pick(["sequential", "parallel", "adaptive"] as const),
    layers: random.next() < 0.5 ? undefined : some(random, LAYERS),
    budget: random.next() < 0.6 ? undefined : random.pick(times),
    budgets: random.next() < 0.6 ? undefined : Object.fromEntries(some(random, LAYERS).map((layer) => [layer, random.pick(times)])),
    confidence: random.pick([0, 0.3, 0.6, 1]),
    evidence: random.next() < 0.8,
  };
}

/** What every answer must be, whatever was asked. */
function check(mfn: Mfn, { results, escape, partial, layers }: Recall, query: RecallQuery, { k = 10, ...options }: RecallOptions): void {
  const allowed = options.layers ?? LAYERS;
  expect(results.length).toBeLessThanOrEqual(k);
  expect(new Set(results.map(({ id }) => id)).size).toBe(results.length);
  const certain = results.length > 0 && results[0].evidence.ifr?.exact === true;
  if (certain) expect(results[0]).toMatchObject({ key: query.key, probability: 1 });
  const others = certain ? results.slice(1) : results;
  others.forEach(({ key, id, probability, evidence }, i) => {
    expect(mfn.has(key)).toBe(true);
    expect(probability).toBeGreaterThanOrEqual(0);
    expect(probability).toBeLessThanOrEqual(1);
    if (i > 0 && probability === others[i - 1].probability) expect(id).toBeGreaterThan(others[i - 1].id);
    if (i > 0) expect(probability).toBeLessThanOrEqual(others[i - 1].probability);
    for (const [layer, { contribution }] of Object.entries(evidence)) {
      expect(allowed).toContain(layer);
      expect(contribution).toSatisfy(Number.isFinite);
    }
  });
  const sum = others.reduce((total, { probability }) => total + probability, 0);
  expect(sum).toBeLessThan(1 - escape + 1e-9);
  if (k === EVERYTHING && others.length > 0) expect(sum).toBeCloseTo(1 - escape, 9);
  if (!certain && k === EVERYTHING && others.length === 0) expect(escape).toBe(1);
  for (const layer of LAYERS) {
    const { status, elapsed, named } = layers[layer];
    expect(elapsed).toBeGreaterThanOrEqual(0);
    expect(named).toBeGreaterThanOrEqual(0);
    if (!allowed.includes(layer)) expect(layers[layer]).toEqual({ status: "skipped", elapsed: 0, named: 0 });
    if (status === "late") expect(partial).toBe(true);
  }
  if (options.budget === undefined && options.budgets === undefined) expect(partial).toBe(false);
}

const engines: Array<[name: string, options: MfnOptions]> = [
  ["all layers", {}],
  ["the inner product", { metric: "ip" }],
  ["squared distances, decay", { metric: "l2", halfLife: 3_600_000 * 50 }],
  ["similarity alone", { layers: ["dsr"] }],
  ["exact alone", { layers: ["ifr"] }],
  ["association and prediction", { layers: ["alm", "cpe"], learnFusion: 3 }],
  ["no lessons", { learnFusion: false }],
];

describe.each(engines)("random questions to an engine with %s", (_, options) => {
  test("probabilities, ranks, evidence and reports hold together, and asking changes nothing", () => {
    const random = new Random(11);
    const make = () => Mfn.createSync({ dimensions: DIMENSIONS, contextBytes: 1 << 16, ...options });
    const mfn = make();
    const unasked = make();
    for (let step = 0; step < 400; step++) {
      // The empty engine first.
      for (let i = 0; i < 4; i++) {
        const query = randomQuery(random);
        const asked = randomOptions(random);
        check(mfn, mfn.recall(query, asked), query, asked);
      }
      const operation = randomOperation(random, step, 60);
      mfn.apply(operation);
      unasked.apply(operation);
    }
    expect(mfn.stats().fusion).toEqual(unasked.stats().fusion);
    for (const [name, image] of Object.entries(mfn.images()))
      expect(Buffer.from(image).equals(unasked.images()[name as LayerName]), name).toBe(true);
    mfn.dispose();
    unasked.dispose();
  });
});
