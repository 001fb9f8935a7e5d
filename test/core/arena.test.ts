import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { builds } from "../helpers/modules.js";
import { ARENA, random, STATE, selftest } from "./selftest.js";

interface Block {
  at: number;
  bytes: number;
  mark: number;
  /** Of allocLasting: to be given away, not freed. */
  lasting?: boolean;
}

const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("alloc" as const), bytes: fc.oneof(fc.nat(200), fc.nat(5000), fc.nat(300_000)) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("free" as const), pick: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("grow" as const), pick: fc.nat(), more: fc.nat(4000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("scratch" as const), bytes: fc.nat(200_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("lasting" as const), bytes: fc.integer({ min: 1, max: 50_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("giveAway" as const), pick: fc.nat() }) },
);

describe.each(builds)("arena (%s)", (build) => {
  test("random allocation, freeing and growing: blocks are zero, whole, apart, and keep what is written", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), fc.constantFrom(0, 65_536, 400_000), (operations, limit) => {
        const x = selftest(build);
        expect(x.arenaInit(64, limit)).toBeTruthy();
        const end = limit === 0 ? 0xffff0000 : ARENA + limit;
        let blocks: Block[] = [];
        const u8 = () => new Uint8Array(x.memory.buffer);
        const holds = ({ at, bytes, mark }: Block) =>
          u8()
            .subarray(at, at + bytes)
            .every((byte) => byte === mark);
        let mark = 0;
        for (const op of operations) {
          const block = "pick" in op && blocks.length > 0 ? blocks[op.pick % blocks.length] : undefined;
          if (op.do === "alloc") {
            const at = x.alloc(op.bytes) >>> 0;
            if (at === 0) continue;
            expect(holds({ at, bytes: x.blockBytes(op.bytes), mark: 0 })).toBe(true);
            mark = (mark % 255) + 1;
            u8().fill(mark, at, at + op.bytes);
            blocks.push({ at, bytes: op.bytes, mark });
          } else if (op.do === "lasting") {
            const at = x.allocLasting(op.bytes) >>> 0;
            if (at === 0) continue;
            expect(at % 64).toBe(0);
            expect(holds({ at, bytes: op.bytes, mark: 0 })).toBe(true);
            mark = (mark % 255) + 1;
            u8().fill(mark, at, at + op.bytes);
            blocks.push({ at, bytes: op.bytes, mark, lasting: true });
          } else if (op.do === "giveAway" && block?.lasting) {
            expect(holds(block)).toBe(true);
            x.giveAway(block.at, (block.bytes + 63) & ~63);
            blocks = blocks.filter((b) => b !== block);
          } else if (block?.lasting) {
          } else if (op.do === "free" && block !== undefined) {
            expect(holds(block)).toBe(true);
            x.free(block.at, block.bytes);
            blocks = blocks.filter((b) => b !== block);
          } else if (op.do === "grow" && block !== undefined) {
            const bytes = block.bytes + op.more;
            const at = x.grow(block.at, block.bytes, bytes) >>> 0;
            if (at === 0) {
              expect(holds(block)).toBe(true);
              continue;
            }
            block.at = at;
            expect(holds(block)).toBe(true);
            expect(holds({ at: at + block.bytes, bytes: bytes - block.bytes, mark: 0 })).toBe(true);
            u8().fill(block.mark, at, at + bytes);
            block.bytes = bytes;
          } else if (op.do === "scratch") {
            const at = x.scratch(op.bytes) >>> 0;
            if (at === 0) continue;
            const more = x.scratchMore(100) >>> 0;
            expect(at).toBe(x.arenaTop() >>> 0);
            expect(more === 0 || more >= at + op.bytes).toBe(true);
            u8().fill(0xff, at, (more || at + op.bytes - 100) + 100);
          }
          expect(x.arenaTop() >>> 0).toBeLessThanOrEqual(end);
        }
        const sizeOf = (b: Block) => (b.lasting ? (b.bytes + 63) & ~63 : x.blockBytes(b.bytes));
        const places = blocks.map((b) => [b.at, b.at + sizeOf(b)] as const).sort((a, b) => a[0] - b[0]);
        for (const [i, [at, to]] of places.entries()) {
          expect(at % 16).toBe(0);
          expect(at).toBeGreaterThanOrEqual(STATE + 64);
          expect(to).toBeLessThanOrEqual(places[i + 1]?.[0] ?? x.arenaTop() >>> 0);
        }
        for (const block of blocks) expect(holds(block)).toBe(true);
        // What is neither in use nor waiting in a free list does not exist, but for what aligning a lasting block costs.
        const used = places.reduce((sum, [at, to]) => sum + to - at, 0);
        const lost = (x.arenaTop() >>> 0) - (STATE + 64 + used + x.arenaFree());
        expect(lost).toBeGreaterThanOrEqual(0);
        expect(lost).toBeLessThanOrEqual(48 * operations.filter((op) => op.do === "lasting").length);
      }),
      { numRuns: 60 },
    );
  });

  test("a block is at most a quarter longer than asked, and its size is what the next one shows", () => {
    const x = selftest(build);
    x.arenaInit(0, 0);
    const next = random(1);
    for (let i = 0; i < 2000; i++) {
      const bytes = i < 600 ? i : next() >>> (4 + (next() % 20));
      const size = x.blockBytes(bytes) >>> 0;
      expect(size % 16).toBe(0);
      expect(size).toBeGreaterThanOrEqual(Math.max(16, bytes));
      expect(size).toBeLessThanOrEqual(Math.max(16, (bytes + 15) * 1.25 + 16));
    }
    const a = x.alloc(1000) >>> 0;
    expect((x.alloc(1) >>> 0) - a).toBe(x.blockBytes(1000));
  });

  test("freed blocks are reused, the last block goes back to the top", () => {
    const x = selftest(build);
    x.arenaInit(0, 0);
    const top = x.arenaTop();
    const a = x.alloc(100);
    const b = x.alloc(100);
    x.free(a, 100);
    expect(x.arenaFree()).toBe(112);
    expect(x.alloc(97)).toBe(a);
    expect(x.arenaFree()).toBe(0);
    x.free(b, 100);
    x.free(a, 100);
    expect(x.arenaTop()).toBe(top);
    x.free(0, 100);
    expect(x.arenaTop()).toBe(top);
    expect(x.grow(0, 0, 100)).toBe(a);
  });

  test("a full arena answers 0 and goes on", () => {
    const x = selftest(build);
    expect(x.arenaInit(0, 100)).toBeFalsy();
    expect(x.arenaInit(0, 4096)).toBeTruthy();
    expect(x.alloc(4096)).toBe(0);
    expect(x.reserve(4096)).toBeFalsy();
    const a = x.alloc(2000);
    expect(a).not.toBe(0);
    expect(x.alloc(2000)).toBe(0);
    expect(x.grow(a, 2000, 4000)).toBe(0);
    x.free(a, 2000);
    expect(x.alloc(2000)).toBe(a);
    // A query's working space may lie beyond the limit of the state.
    expect(x.scratch(100_000)).not.toBe(0);
  });

  test("near 4 GiB no block wraps around", () => {
    const x = selftest(build);
    x.arenaInit(0, 0);
    const most = 0xffffffff;
    expect(x.alloc(most)).toBe(0);
    expect(x.alloc(0xfffffff0)).toBe(0);
    expect(x.scratch(most)).toBe(0);
    expect(x.reserve(most)).toBeFalsy();
    // Untouched pages cost nothing, so the whole address space can be handed out.
    let end = x.arenaTop() >>> 0;
    let handedOut = 0;
    for (const bytes of [0x80000000, 0x40000000, 0x20000000, 0x10000000, 0x8000000, 0x2000000, 0x800000, 0x100000, 0x10000, 0x1000, 16]) {
      for (;;) {
        const at = x.alloc(bytes) >>> 0;
        if (at === 0) break;
        expect(at).toBe(end);
        end = at + (x.blockBytes(bytes) >>> 0);
        handedOut += bytes;
        expect(end).toBeLessThanOrEqual(0xffff0000);
        expect(x.arenaTop() >>> 0).toBe(end);
      }
    }
    expect(handedOut).toBeGreaterThan(0xffff0000 - STATE - 17);
    expect(x.scratch(16)).toBe(0);
    expect(x.grow(end - 16, 16, 64)).toBe(0);
    x.free(end - 16, 16);
    expect(x.alloc(16) >>> 0).toBe(end - 16);
  });

  test("the image does not show what queries did", () => {
    const image = (query: boolean) => {
      const x = selftest(build);
      x.arenaInit(32, 0);
      const next = random(7);
      const blocks: [number, number][] = [];
      for (let i = 0; i < 300; i++) {
        if (query) {
          const bytes = next() % 5000;
          const at = x.scratch(bytes) >>> 0;
          new Uint8Array(x.memory.buffer).fill(0xa5, at, at + bytes);
        }
        const bytes = ((i * 2654435761) >>> 20) + 1;
        if (i % 3 === 2) x.free(...blocks.splice(i % blocks.length, 1)[0]!);
        else blocks.push([x.alloc(bytes), bytes]);
      }
      return Buffer.from(x.memory.buffer.slice(ARENA, x.arenaTop() >>> 0));
    };
    expect(image(true).equals(image(false))).toBe(true);
  });
});
