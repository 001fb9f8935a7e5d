import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRun, encodeRun } from "../../demo/src/link.js";
import type { Command, Message, Run } from "../../demo/src/protocol.js";
import { defaultRun } from "../../demo/src/run.js";
import { Driver } from "../../demo/src/worker/driver.js";

const small = (changes: Partial<Run> = {}): Run => ({ ...defaultRun(), neurons: 128, winners: 8, ...changes });

/** A worker without a thread: its messages, a clock that goes on when it is told to, and what is to be done later. */
class Desk {
  readonly messages: Message[] = [];
  /** The page has a frame that it has not drawn. */
  #holds = false;
  /** Each look at the clock takes this long. */
  tick = 0.2;
  time = 0;
  /** Or it is the clock of this machine. */
  real = false;
  readonly #later: Array<{ at: number; callback: () => void }> = [];
  readonly #driver = new Driver({
    post: (message, transfer) => {
      // A second one would take the place of the first, and the first one's events would be lost.
      if (message.type === "frame") {
        expect(this.#holds).toBe(false);
        this.#holds = true;
      }
      this.messages.push(structuredClone(message, { transfer }));
    },
    later: (callback, delay) => void this.#later.push({ at: this.time + delay, callback }),
    now: () => {
      this.time = this.real ? performance.now() : this.time + this.tick;
      return this.time;
    },
  });

  send(command: Command): this {
    if (command.type === "drawn") this.#holds = false;
    this.#driver.command(command);
    return this;
  }

  /** Does what is due, up to so many times. @returns how often there was something to do */
  work(most = 10_000): number {
    let done = 0;
    for (; done < most && this.#later.length > 0; done++) {
      this.#later.sort((a, b) => a.at - b.at);
      const next = this.#later.shift() as { at: number; callback: () => void };
      this.time = Math.max(this.time, next.at);
      next.callback();
    }
    return done;
  }

  /** Does what is due, and draws every frame, until nothing comes any more. */
  settle(): this {
    for (let frames = -1; frames < this.of("frame").length; ) {
      this.work();
      frames = this.of("frame").length;
      this.send({ type: "drawn" });
      this.work();
    }
    return this;
  }

  of<Type extends Message["type"]>(type: Type): Array<Extract<Message, { type: Type }>> {
    return this.messages.filter((message): message is Extract<Message, { type: Type }> => message.type === type);
  }

  last<Type extends Message["type"]>(type: Type): Extract<Message, { type: Type }> {
    return this.of(type).at(-1) as Extract<Message, { type: Type }>;
  }
}

describe("driver", () => {
  it("opens a run at its position, and sends no frame before the last one was drawn", () => {
    const desk = new Desk().send({ type: "open", run: small({ position: 30 }) });
    desk.work();
    expect(desk.of("opened")).toHaveLength(1);
    expect(desk.last("opened").run).toEqual(small({ position: 30 }));
    expect(desk.last("opened").note).toBeUndefined();
    const frames = desk.of("frame").length;
    expect(desk.last("frame").frame).toMatchObject({ position: 30, playing: false });
    desk.send({ type: "step", events: 5 });
    desk.work();
    expect(desk.of("frame")).toHaveLength(frames);
    desk.send({ type: "drawn" });
    desk.work();
    expect(desk.last("frame").frame).toMatchObject({ number: frames + 1, position: 35 });
    // Nothing has changed since.
    desk.send({ type: "drawn" });
    expect(desk.work()).toBe(0);
  });

  it("plays at about the rate asked for, pauses, and steps", () => {
    const desk = new Desk().send({ type: "open", run: small() });
    desk.work();
    desk.send({ type: "drawn" }).send({ type: "play", rate: 100 });
    const began = desk.time;
    for (let frame = 0; frame < 60; frame++) {
      desk.time += 1000 / 60;
      desk.send({ type: "drawn" });
    }
    const { position, playing } = desk.last("frame").frame;
    expect(playing).toBe(true);
    const due = (desk.time - began) / 10;
    expect(due).toBeGreaterThan(90);
    expect(position).toBeGreaterThan(due - 5);
    expect(position).toBeLessThanOrEqual(due);
    desk.send({ type: "pause" }).send({ type: "drawn" });
    desk.work();
    expect(desk.last("frame").frame).toMatchObject({ playing: false, position });
    desk.send({ type: "drawn" }).send({ type: "step", events: 1 });
    desk.work();
    expect(desk.last("frame").frame.position).toBe(position + 1);
  });

  it("goes on while the page is hidden and draws nothing", () => {
    const desk = new Desk().send({ type: "open", run: small() });
    desk.work();
    desk.send({ type: "play", rate: 100 });
    const frames = desk.of("frame").length;
    desk.work(30);
    expect(desk.of("frame")).toHaveLength(frames);
    desk.send({ type: "drawn" });
    expect(desk.last("frame").frame.position).toBeGreaterThan(50);
  });

  it("takes samples of the times of calls where a replay ends, and shows them", () => {
    const desk = new Desk();
    desk.real = true;
    desk.send({ type: "open", run: small({ position: 50 }) }).settle();
    const { frame } = desk.last("frame");
    expect(frame.position).toBe(50);
    for (const { counts } of frame.latency.rows) expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  });

  it("works in slices, so that commands are heard while it replays", () => {
    const desk = new Desk();
    desk.tick = 1;
    desk.send({ type: "open", run: small({ position: 5000 }) });
    desk.work(10);
    expect(desk.of("opened")).toHaveLength(0);
    desk.send({ type: "pause" });
    const { position } = desk.last("opened").run;
    expect(position).toBeGreaterThan(20);
    expect(position).toBeLessThan(200);
    desk.send({ type: "open", run: small({ seed: 3, position: 12 }) });
    desk.work();
    expect(desk.last("opened").run).toMatchObject({ seed: 3, position: 12 });
    expect(desk.of("opened")).toHaveLength(2);
    expect(desk.of("failed")).toHaveLength(0);
  });

  it("seeks back and forth to the same state", () => {
    const desk = new Desk().send({ type: "open", run: small({ position: 80 }) }).settle();
    desk.send({ type: "act", action: { kind: "anomaly" } }).send({ type: "step", events: 60 });
    desk.settle();
    const there = desk.last("frame").frame;
    expect(there.position).toBe(140);
    for (const position of [10, 140]) {
      desk.send({ type: "seek", position }).settle();
      expect(desk.last("frame").frame.position).toBe(position);
    }
    const { cpe, ifr, alm } = desk.last("frame").frame;
    expect(cpe).toEqual(there.cpe);
    expect(ifr).toEqual(there.ifr);
    expect(alm.activation).toEqual(there.alm.activation);
    expect(desk.last("frame").run.actions).toEqual([{ at: 80, kind: "anomaly" }]);
  });

  it("a link reproduces the prediction of a run, of the sample and of the visitor's data", async () => {
    const text = `time,user,page\n${Array.from({ length: 90 }, (_, i) => `${1.7e9 + i},u${i % 4},/p${(i * i) % 7}`).join("\n")}\n`;
    for (const command of [
      { type: "open", run: small({ seed: 77 }) },
      { type: "data", name: "mine.csv", text },
    ] as const) {
      const desk = new Desk().send(command).settle().send({ type: "step", events: 70 }).settle();
      desk.send({ type: "act", action: { kind: "threshold", value: 7 } }).settle();
      const { frame, run } = desk.last("frame");
      expect(frame.cpe.next.length).toBeGreaterThan(0);
      const { data } = desk.last("opened").run;
      const link = await encodeRun({ ...run, data });
      const other = new Desk().send({ type: "open", run: (await decodeRun(link)).run });
      other.settle();
      const { cpe } = other.last("frame").frame;
      expect(other.last("frame").run).toEqual(run);
      expect(cpe.next).toEqual(frame.cpe.next);
      expect(cpe.predicted).toEqual(frame.cpe.predicted);
    }
  });

  it("reads the visitor's data, says what was read, and plays it", () => {
    const desk = new Desk().send({ type: "data", name: "x.csv", text: "user,page\nann,/a\nann\nann,/b\n" });
    desk.work();
    const [first] = desk.messages;
    expect(first).toEqual({
      type: "read",
      name: "x.csv",
      format: "csv",
      events: 2,
      malformed: 1,
      first: 'line 3: 1 field where the header has 2: "ann"',
    });
    expect(desk.last("opened").run).toMatchObject({ source: "own", data: { name: "x.csv" }, position: 0 });
    desk.send({ type: "play", rate: 1000 });
    for (let i = 0; i < 10; i++) {
      desk.time += 16;
      desk.send({ type: "drawn" });
    }
    expect(desk.last("frame").frame).toMatchObject({ position: 2, total: 2, playing: false });
    desk.send({ type: "ask", text: "/b" });
    expect(desk.last("answer").rows[0]).toMatchObject({ key: "/b", probability: 1 });
  });

  it("what cannot be read is told, and the run stays", () => {
    const desk = new Desk().send({ type: "open", run: small({ position: 20 }) });
    desk.work();
    desk.send({ type: "data", name: "photo.jpg", text: "\u0000\u0001" });
    expect(desk.last("failed")).toMatchObject({ code: "ERR_INPUT", message: expect.stringContaining("photo.jpg") });
    desk.send({ type: "data", name: "none.csv", text: "user,page\n" });
    expect(desk.last("read")).toMatchObject({ events: 0 });
    expect(desk.last("failed").message).toContain("no event");
    desk.send({ type: "act", action: { kind: "neurons", value: -1 } });
    expect(desk.last("failed")).toMatchObject({ code: "ERR_ARGUMENT", message: expect.stringContaining("neurons") });
    desk.send({ type: "step", events: 2 }).send({ type: "drawn" });
    desk.work();
    expect(desk.last("frame").run).toMatchObject({ source: "sample", position: 22, actions: [] });
    // A run that plays goes on.
    desk.send({ type: "play", rate: 1000 }).send({ type: "data", name: "photo.jpg", text: "\u0000\u0001" });
    desk.work(20);
    desk.send({ type: "drawn" });
    expect(desk.last("frame").frame.playing).toBe(true);
    expect(desk.last("frame").frame.position).toBeGreaterThan(22);
  });

  it("a run over data that is not there, or not readable, is the sample with a note", () => {
    for (const data of [undefined, { name: "x", text: "" }, { name: "x", text: "user,page\n" }]) {
      const desk = new Desk().send({ type: "open", run: small({ source: "own", data, position: 50 }) });
      desk.work();
      expect(desk.last("opened")).toMatchObject({
        run: { source: "sample", position: 0 },
        note: expect.stringContaining("This is the sample."),
      });
      expect(desk.of("failed")).toHaveLength(0);
    }
  });

  it("any commands in any order: frames one by one, and nothing fails", () => {
    const text = `user,page\n${"ann,/a\nbob,/b\n".repeat(20)}`;
    const command = fc.oneof(
      fc.record({ type: fc.constant("open" as const), run: fc.nat(80).map((position) => small({ position })) }),
      fc.constant({ type: "data" as const, name: "x", text }),
      fc.record({ type: fc.constant("play" as const), rate: fc.constantFrom(0, 1, 300, 1e9) }),
      fc.constant({ type: "pause" as const }),
      fc.record({ type: fc.constant("step" as const), events: fc.nat(40) }),
      fc.record({ type: fc.constant("seek" as const), position: fc.nat(90) }),
      fc.constant({ type: "act" as const, action: { kind: "anomaly" as const } }),
      fc.record({
        type: fc.constant("act" as const),
        action: fc.record({ kind: fc.constant("winners" as const), value: fc.integer({ min: 1, max: 9 }) }),
      }),
      fc.constant({ type: "act" as const, action: { kind: "remove" as const, key: "/a" } }),
      fc.constant({ type: "ask" as const, text: "/a" }),
      fc.constant({ type: "drawn" as const }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(command, fc.nat(6)), { minLength: 1, maxLength: 25 }), (commands) => {
        const desk = new Desk();
        for (const [one, turns] of commands) {
          desk.send(one);
          desk.work(turns);
          desk.time += 5;
        }
        desk.send({ type: "pause" }).send({ type: "drawn" });
        desk.work();
        expect(desk.of("failed")).toEqual([]);
        const frames = desk.of("frame").map(({ frame }) => frame);
        expect(frames.map(({ number }) => number)).toEqual(frames.map((_, i) => i + 1));
        for (const [i, { alm, playing, position, total }] of frames.entries()) {
          expect(alm.version).toBeGreaterThanOrEqual(i === 0 ? 1 : frames[i - 1].alm.version);
          if (total !== undefined) expect(position).toBeLessThanOrEqual(total);
          if (i === frames.length - 1) expect(playing).toBe(false);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("commands before a run is open do nothing", () => {
    const desk = new Desk();
    for (const command of [
      { type: "step", events: 1 },
      { type: "seek", position: 5 },
      { type: "ask", text: "a" },
      { type: "drawn" },
    ] as const) {
      desk.send(command);
    }
    expect(desk.work()).toBe(0);
    expect(desk.messages).toEqual([]);
  });
});
