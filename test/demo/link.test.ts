import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRun, encodeRun, MOST_DATA } from "../../demo/src/link.js";
import type { Action, Run } from "../../demo/src/protocol.js";
import { defaultRun, LIMITS, settingsOf } from "../../demo/src/run.js";

const within = ({ least, most }: { least: number; most: number }) => fc.integer({ min: least, max: most });
/** Text without lone surrogates, which UTF-8 cannot hold. */
const text = (options: fc.StringConstraints) => fc.string({ unit: "binary", ...options });
const threshold = fc.oneof(
  within(LIMITS.threshold),
  fc.integer({ min: 10, max: 1000 }).map((tenths) => tenths / 10),
);

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ at: within(LIMITS.position), kind: fc.constant("anomaly" as const) }),
  fc.record({ at: within(LIMITS.position), kind: fc.constant("remove" as const), key: text({ minLength: 1, maxLength: 40 }) }),
  fc.record({ at: within(LIMITS.position), kind: fc.constantFrom("neurons" as const), value: within(LIMITS.neurons) }),
  fc.record({ at: within(LIMITS.position), kind: fc.constantFrom("winners" as const), value: within(LIMITS.winners) }),
  fc.record({ at: within(LIMITS.position), kind: fc.constantFrom("threshold" as const), value: threshold }),
);

const run: fc.Arbitrary<Run> = fc
  .record({
    seed: within(LIMITS.seed),
    neurons: within(LIMITS.neurons),
    threshold,
    winners: within(LIMITS.winners),
    position: within(LIMITS.position),
    actions: fc.array(action, { maxLength: 8 }).map((actions) => actions.sort((a, b) => a.at - b.at)),
    data: fc.option(fc.record({ name: text({ minLength: 1, maxLength: 30 }), text: text({ maxLength: 500 }) }), { nil: undefined }),
  })
  .map(({ data, ...rest }): Run => (data === undefined ? { ...rest, source: "sample" } : { ...rest, source: "own", data }));

describe("links", () => {
  it("hold every run", async () => {
    await fc.assert(
      fc.asyncProperty(run, async (given) => {
        const hash = await encodeRun(given);
        expect(hash).toMatch(/^[\w.,:~%=&!'()*-]+$/);
        expect(await decodeRun(`#${hash}`)).toEqual({ run: given });
        expect(await decodeRun(hash)).toEqual({ run: given });
      }),
    );
  });

  it("are short and can be read where the run is simple", async () => {
    expect(await encodeRun(defaultRun())).toBe("v=1&seed=1");
    const actions: Action[] = [
      { at: 40, kind: "anomaly" },
      { at: 80, kind: "remove", key: "GET /a.b~c" },
      { at: 90, kind: "threshold", value: 20.5 },
    ];
    expect(await encodeRun({ ...defaultRun(), seed: 7, neurons: 1024, position: 120, actions })).toBe(
      "v=1&seed=7&n=1024&at=120&do=a40,r80:GET%20%2Fa.b~c,t90:20.5",
    );
  });

  it("hold data up to 8 KB packed, and name what is longer", async () => {
    const own = (data: string): Run => ({ ...defaultRun(), source: "own", position: 9, data: { name: "a b.csv", text: data } });
    // Much of the same packs well.
    const rows = own(`user,page\n${"ann,/tea\n".repeat(20_000)}`);
    const packed = await encodeRun(rows);
    expect(packed.length).toBeLessThan(1500);
    expect(await decodeRun(packed)).toEqual({ run: rows });
    let noise = "";
    for (let i = 0, x = 1; i < 12_000; i++) {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      noise += String.fromCharCode(33 + ((x >>> 16) % 90));
    }
    const long = await encodeRun(own(noise));
    expect(long).toBe("v=1&seed=1&at=9&own=1&name=a%20b.csv");
    expect(MOST_DATA).toBe(8192);
    const { run: sample, note } = await decodeRun(long);
    expect(sample).toEqual({ ...defaultRun() });
    expect(note).toContain('"a b.csv"');
    expect(note).toContain("bring the file again");
  });

  it.each([
    ["", undefined, {}],
    ["#", undefined, {}],
    ["#panel", /another version/, {}],
    ["v=2&seed=4", /another version/, {}],
    ["v=1&seed=-4&n=1024", /left out: seed\./, { neurons: 1024 }],
    ["v=1&seed=4294967296&n=3&mv=0&k=1e3&at=x", /seed, neurons, threshold, winners, position/, {}],
    ["v=1&seed=4&do=a40,q5", /actions/, { seed: 4 }],
    ["v=1&seed=4&do=a40:1", /actions/, { seed: 4 }],
    ["v=1&seed=4&do=r40", /actions/, { seed: 4 }],
    ["v=1&seed=4&do=r40:%E0", /actions/, { seed: 4 }],
    ["v=1&seed=4&do=n40:7", /actions/, { seed: 4 }],
    ["v=1&seed=4&do=a99999999", /actions/, { seed: 4 }],
    ["v=1&seed=4&at=5&own=1&name=x&data=!!", /"x" again/, { seed: 4 }],
    ["v=1&seed=4&at=5&own=1&name=%E0&data=AAAA", /"data" again/, { seed: 4 }],
    [`v=1&own=1&data=${"A".repeat(100_000)}`, /broken/, {}],
    [`v=1&seed=4&do=${"a1,".repeat(5000)}a1`, /actions/, { seed: 4 }],
    ["v=1&&=&x&seed=4&unknown=5", undefined, { seed: 4 }],
  ])("a hash that is none, or damaged, is a run and a note (%#)", async (hash, note, changes) => {
    const decoded = await decodeRun(hash);
    expect(decoded.run).toEqual({ ...defaultRun(), ...changes });
    if (note === undefined) expect(decoded.note).toBeUndefined();
    else expect(decoded.note).toMatch(note);
  });

  it("that are damaged never throw, and never make a run that cannot be", async () => {
    await fc.assert(
      fc.asyncProperty(run, fc.nat(), text({ maxLength: 5 }), async (given, at, noise) => {
        const hash = await encodeRun(given);
        const place = at % (hash.length + 1);
        const { run: found } = await decodeRun(hash.slice(0, place) + noise + hash.slice(place + noise.length));
        for (const name of ["seed", "neurons", "threshold", "winners", "position"] as const) {
          expect(found[name]).toBeGreaterThanOrEqual(LIMITS[name].least);
          expect(found[name]).toBeLessThanOrEqual(LIMITS[name].most);
        }
        expect(found.source === "own").toBe(found.data !== undefined);
        expect(found.actions.every(({ at }, i) => i === 0 || found.actions[i - 1].at <= at)).toBe(true);
      }),
    );
  });

  it("a packed bomb is not unpacked", async () => {
    const bomb: Run = { ...defaultRun(), source: "own", data: { name: "b", text: "" } };
    const stream = new Blob([new Uint8Array(6 * 2 ** 20)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    const bytes = Buffer.from(await new Response(stream).arrayBuffer());
    expect(bytes.length).toBeLessThan(MOST_DATA);
    const { note } = await decodeRun(`${(await encodeRun(bomb)).replace(/&data=.*/, "")}&data=${bytes.toString("base64url")}`);
    expect(note).toMatch(/broken/);
  });

  it("settings are those of the position", () => {
    const actions: Action[] = [
      { at: 5, kind: "neurons", value: 128 },
      { at: 9, kind: "threshold", value: 3 },
      { at: 9, kind: "anomaly" },
    ];
    expect(settingsOf({ ...defaultRun(), position: 5, actions })).toEqual({ neurons: 128, threshold: 15, winners: 64 });
    expect(settingsOf({ ...defaultRun(), position: 9, actions })).toEqual({ neurons: 128, threshold: 3, winners: 64 });
  });
});
