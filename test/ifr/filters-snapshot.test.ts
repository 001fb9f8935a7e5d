import { describe, expect, test } from "vitest";
import { BinaryFuse, type Filter, FixedIfr, RollingBloom, SplitBlockBloom, TagFilter } from "../../src/ifr.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { bloom, codeOf, column, fuse, rolling, sameBytes, tags } from "./filters-helpers.js";

const width = 16;
const first = { width, bytes: column(width, 3000) } as const;
const second = { width, bytes: column(width, 2000, 100_000) } as const;
const both = (filter: Filter) => {
  const bits = new Uint8Array(625);
  filter.hasMany({ width, bytes: Uint8Array.from([...first.bytes, ...second.bytes]) }, bits);
  return bits;
};

type Loader = {
  load(source: unknown, options?: object): Promise<Filter>;
  loadSync(source: Uint8Array, options?: object): Filter;
};

interface Sample {
  readonly name: string;
  readonly type: Loader;
  /** With the keys of `first`. */
  make(build: Build): Filter;
  /** Another of the class, of another size. */
  other(build: Build): Filter;
  /** Goes on with `second`. */
  operate(filter: Filter): void;
}

const samples: Sample[] = [
  ...(["fast", "xxh64"] as const).map((hash): Sample => {
    const seed = hash === "fast" ? -12_345_678_901 : undefined;
    return {
      name: `SplitBlockBloom by ${hash}`,
      type: SplitBlockBloom as unknown as Loader,
      make: (build) => {
        const filter = bloom(build, { capacity: 4000, hash, seed });
        filter.addMany(first);
        return filter;
      },
      other: (build) => bloom(build, { capacity: 30_000, seed: 8 }),
      operate: (filter) => {
        const more = filter as SplitBlockBloom;
        const united = bloom("release", { capacity: 4000, hash, seed });
        united.addMany(second);
        more.add("a key");
        more.union(united);
        if (hash === "xxh64") expect(more.toParquet().length).toBeGreaterThan(6400);
        else expect(codeOf(() => more.toParquet())).toBe("ERR_ARGUMENT");
        expect(codeOf(() => more.union(bloom("release", { capacity: 4000, hash: "fast", seed: 5 })))).toBe("ERR_ARGUMENT");
        expect(more.stats().adds).toBe(5001);
      },
    };
  }),
  {
    name: "RollingBloom",
    type: RollingBloom as unknown as Loader,
    make: (build) => {
      const filter = rolling(build, { capacity: 700, generations: 3, seed: 4 });
      filter.addMany(first);
      return filter;
    },
    other: (build) => rolling(build, { capacity: 9000, seed: 8 }),
    operate: (filter) => {
      const more = filter as RollingBloom;
      expect(more.stats().generations).toBe(3);
      more.add("a key");
      more.rotate();
      more.addMany(second);
      expect(more.stats().inNewest).toBeLessThanOrEqual(700);
    },
  },
  {
    name: "TagFilter",
    type: TagFilter as unknown as Loader,
    make: (build) => {
      const filter = tags(build, { capacity: 6000, seed: 2 ** 40 });
      filter.addMany(first);
      return filter;
    },
    other: (build) => tags(build, { capacity: 100, hash: "xxh64" }),
    operate: (filter) => {
      const more = filter as TagFilter;
      expect(more.size).toBe(3000);
      expect(more.capacity).toBe(6000);
      for (let i = 0; i < 500; i++) expect(more.delete(first.bytes.subarray(i * width, (i + 1) * width))).toBe(true);
      more.addMany(second);
      expect(codeOf(() => more.addMany(second))).toBe("ERR_FULL");
      expect(more.stats().buckets).toBe(250);
      expect(more.size).toBe(4500);
    },
  },
  ...([8, 16] as const).map((bits): Sample => {
    return {
      name: `BinaryFuse of ${bits} bits`,
      type: BinaryFuse as unknown as Loader,
      make: (build) => fuse(build, first, { bits, seed: 6, hash: bits === 8 ? "fast" : undefined }),
      other: (build) => fuse(build, ["a", "b"], { hash: "xxh64" }),
      operate: (filter) => {
        expect((filter as BinaryFuse).stats().keys).toBe(3000);
        expect(filter.has("q".repeat(70_000))).toBe(false);
      },
    };
  }),
];
const source = (build: Build) => ({ wasm: wasm("ifr-filters", build) });

describe.each(builds)("snapshots of filters (%s)", (build) => {
  test.each(samples)("$name: what is loaded goes on to the same bytes", async ({ type, make, other, operate }) => {
    const filter = make(build);
    const file = filter.snapshot();
    expect(sameBytes(file, make("release").snapshot())).toBe(true);
    const answers = both(filter);
    const smaller = other(build);
    smaller.restore(file);
    const spent = other("release");
    const loaded = [
      filter,
      smaller,
      type.loadSync(file, source(build)),
      type.loadSync(file, { reuse: spent }),
      await type.load(new Blob([file]), source("release")),
      await type.load(new Response(file), { reuse: other("release") }),
    ];
    expect(codeOf(() => spent.has("a"))).toBe("ERR_DISPOSED");
    for (const each of loaded) {
      expect(sameBytes(each.image(), filter.image())).toBe(true);
      expect(sameBytes(both(each), answers)).toBe(true);
      expect(sameBytes(each.snapshot(), file)).toBe(true);
    }
    for (const each of loaded) operate(each);
    for (const each of loaded) {
      expect(sameBytes(each.snapshot(), filter.snapshot())).toBe(true);
      expect(sameBytes(both(each), both(filter))).toBe(true);
    }
  });

  test.each(samples)("$name: what is damaged or another's is refused, and nothing changes", async (sample) => {
    const { type, make, operate } = sample;
    const filter = make(build);
    const file = filter.snapshot();
    const loads: [(file: Uint8Array) => unknown, string][] = [
      [(bytes) => type.loadSync(bytes, source(build)), "load"],
      [(bytes) => filter.restore(bytes), "restore"],
    ];
    const damagedAt = (at: number) => file.map((byte, i) => (i === at ? byte ^ 4 : byte));
    const wrong = [
      ...[0, 8, 12, 16, 20, 24, 33, 41, 50, 57, 64, 69, 600, 700, file.length - 1].map(damagedAt),
      file.subarray(0, file.length - 1),
      file.subarray(0, 63),
      Uint8Array.from([...file, 0]),
      ...samples.filter((each) => each.type !== type).map((each) => each.make("release").snapshot()),
      FixedIfr.createSync({ width }).snapshot(),
    ];
    for (const [load, name] of loads)
      for (const [i, bytes] of wrong.entries())
        expect(
          codeOf(() => load(bytes)),
          `${name} ${i}`,
        ).toBe("ERR_SNAPSHOT");
    await expect(type.load(new Response(wrong[0]))).rejects.toMatchObject({ code: "ERR_SNAPSHOT" });
    expect(codeOf(() => FixedIfr.loadSync(file))).toBe("ERR_SNAPSHOT");
    expect(codeOf(() => type.loadSync(file, { ...source(build), maxBytes: 4096 }))).toBe("ERR_MEMORY");
    expect(codeOf(() => type.loadSync(file, { wasm: wasm("ifr", "release") }))).toBe("ERR_WASM");
    expect(sameBytes(filter.snapshot(), file)).toBe(true);
    operate(filter);
    filter.dispose();
    for (const call of [() => filter.snapshot(), () => filter.restore(file)]) expect(codeOf(call)).toBe("ERR_DISPOSED");
  });
});

test("the seed of a snapshot is that of the filter, and union goes by it", () => {
  for (const seed of [0, 1, -1, 2 ** 52 + 3, -(2 ** 53 - 1)]) {
    const filter = bloom("release", { capacity: 50, seed });
    filter.add("a");
    const file = filter.snapshot();
    expect(new DataView(file.buffer).getBigInt64(24, true)).toBe(BigInt(seed));
    const loaded = SplitBlockBloom.loadSync(file);
    loaded.union(filter);
    expect(codeOf(() => loaded.union(bloom("release", { capacity: 50, seed: 77 })))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => loaded.union(bloom("release", { capacity: 50, hash: "xxh64" })))).toBe("ERR_ARGUMENT");
  }
});

test("a restored Parquet filter is the one that was written", () => {
  const filter = bloom("release", { capacity: 1000, hash: "xxh64" });
  filter.addMany(first);
  const fast = bloom("release", { capacity: 10 });
  fast.restore(filter.snapshot());
  expect(sameBytes(fast.toParquet(), filter.toParquet())).toBe(true);
  filter.restore(bloom("release", { capacity: 10 }).snapshot());
  expect(codeOf(() => filter.toParquet())).toBe("ERR_ARGUMENT");
});
