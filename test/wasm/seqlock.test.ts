import { afterEach, describe, expect, test } from "vitest";
import { MfnError } from "../../src/errors.js";
import { ReadLock, WriteLock } from "../../src/wasm/seqlock.js";
import { prepareShared, sharedModule } from "../../src/wasm/share.js";
import { codeOf } from "../ifr/helpers.js";

const COUNT = 0;
const END = 2;
const ASKED = 16;
const SLEEPING = 17;

const { wait } = Atomics;
const { now } = performance;
afterEach(() => {
  Atomics.wait = wait;
  performance.now = now;
});

function locks() {
  const words = new Int32Array(new SharedArrayBuffer(65_536));
  const writer = new WriteLock(words, 4);
  return { words, writer, reader: new ReadLock(words) };
}

/** Does something in the place of a thread's sleep. */
function whenAsleep(work: (index: number) => void): void {
  Atomics.wait = ((_words: Int32Array, index: number) => {
    work(index);
    return "ok";
  }) as unknown as typeof Atomics.wait;
}

describe("a look", () => {
  test("is repeated until nothing changed meanwhile; the third attempt asks for a pause, the writer grants one", () => {
    const { words, writer, reader } = locks();
    const asked: number[] = [];
    const answer = reader.read(() => {
      asked.push(words[ASKED]!);
      if (asked.length < 6) {
        // As many pauses as it takes; here nobody ends one.
        whenAsleep((index) => expect(index).toBe(ASKED));
        writer.begin();
        writer.end();
      }
      return asked.length;
    });
    expect(answer).toBe(6);
    expect(asked).toEqual([0, 0, 0, 1, 1, 1]);
    expect(words[ASKED]).toBe(0);
    expect(words[COUNT]).toBe(10);
  });

  test("may throw: what it throws about a state that changed is forgotten, about a whole one not", () => {
    const { writer, reader } = locks();
    let looks = 0;
    const look = () => {
      if (++looks === 1) writer.change(() => {});
      throw new WebAssembly.RuntimeError(`look ${looks}`);
    };
    expect(() => reader.read(look)).toThrow("look 2");
  });

  test("waits while a change is under way, asleep or, where a thread may not sleep, awake", () => {
    const { words, writer, reader } = locks();
    for (const mayNot of [false, true]) {
      writer.begin();
      whenAsleep((index) => {
        expect([index, words[SLEEPING]]).toEqual([COUNT, 1]);
        writer.end();
        if (mayNot) throw new TypeError("Atomics.wait cannot be called in this context");
      });
      expect(reader.read(() => 5)).toBe(5);
      expect(words[SLEEPING]).toBe(0);
    }
  });

  test("gives up on a writer that does not finish, that trapped in its change, or that is gone", () => {
    const { words, writer, reader } = locks();
    writer.begin();
    let time = 0;
    performance.now = () => {
      time += 4000;
      return time;
    };
    let sleeps = 0;
    whenAsleep(() => sleeps++);
    expect(codeOf(() => reader.read(() => 1))).toBe("ERR_POISONED");
    expect(sleeps).toBe(3);
    whenAsleep(() => writer.trapped());
    expect(codeOf(() => reader.read(() => 1))).toBe("ERR_POISONED");
    expect(codeOf(() => new ReadLock(words))).toBe("ERR_POISONED");
    // The first end is the one that counts.
    writer.dispose();
    expect(words[END]).toBe(2);
  });

  test("the count may pass through 2^31", () => {
    const { words, reader } = locks();
    for (const count of [0x7fff_fffe, -2]) {
      words[COUNT] = count;
      let looks = 0;
      reader.read(() => {
        if (++looks === 1) Atomics.add(words, COUNT, 2);
      });
      expect(looks).toBe(2);
    }
  });
});

test("a change that fails leaves a count that is even", () => {
  const { words, writer, reader } = locks();
  expect(() =>
    writer.change(() => {
      expect(words[COUNT]! & 1).toBe(1);
      throw new Error("bad file");
    }),
  ).toThrow("bad file");
  expect(reader.read(() => words[COUNT])).toBe(2);
});

test("bug: a change that poisoned made the count even, for a reader that had just looked for the end", () => {
  const { words, writer, reader } = locks();
  expect(
    codeOf(() =>
      writer.change(() => {
        throw new MfnError("ERR_POISONED", "half of each");
      }),
    ),
  ).toBe("ERR_POISONED");
  expect(words[COUNT]! & 1).toBe(1);
  expect(codeOf(() => reader.read(() => 1))).toBe("ERR_POISONED");
});

test("a binary that is none cannot be shared", async () => {
  const embedded = { name: "broken", text: "" };
  expect(codeOf(() => sharedModule(embedded))).toBe("ERR_WASM");
  await expect(prepareShared(embedded)).rejects.toMatchObject({ code: "ERR_WASM" });
});
