import { logLine, shopLog } from "mfn/samples";
import { describe, expect, it } from "vitest";
import type { Frame, Run } from "../../demo/src/protocol.js";
import { defaultRun } from "../../demo/src/run.js";
import { FilterPanel } from "../../demo/src/worker/filter.js";
import { Session } from "../../demo/src/worker/session.js";
import { INJECTED, ownSource, readData, type Source, sampleSource } from "../../demo/src/worker/source.js";

/** A small reservoir: what is tested does not depend on its size. */
const small = (changes: Partial<Run> = {}): Run => ({ ...defaultRun(), neurons: 256, winners: 16, ...changes });

function own(text: string, name = "data"): { source: Source; report: ReturnType<typeof read>["report"]; events: number } {
  const data = read(name, text);
  return { source: ownSource(data), report: data.report, events: data.steps.length };
}

function read(name: string, text: string) {
  const reading = readData(name, text);
  for (;;) {
    const { done, value } = reading.next();
    if (done === true) return value;
  }
}

function advance(session: Session, events: number): Session {
  for (let i = 0; i < events; i++) session.advance();
  return session;
}

/** A frame without what depends on the clock. */
function timeless(frame: Frame): Omit<Frame, "latency"> {
  const { latency: _, ...rest } = frame;
  return rest;
}

describe("session", () => {
  it("equal runs give equal frames, whatever was asked and measured in between", () => {
    const run = small({ seed: 7, actions: [{ at: 60, kind: "anomaly" }] });
    const [a, b] = [new Session(run, sampleSource(7)), new Session(run, sampleSource(7))];
    for (const events of [1, 40, 100, 300]) {
      advance(a, events);
      advance(b, events);
      b.ask("green tea");
      b.measure();
      expect(timeless(a.frame(false))).toEqual(timeless(b.frame(false)));
    }
    const other = advance(new Session(small({ seed: 8 }), sampleSource(8)), 441);
    expect(timeless(other.frame(false))).not.toEqual(timeless(a.frame(false)));
    for (const session of [a, b, other]) session.dispose();
  });

  it("every panel has something to show, and it changes", () => {
    const session = new Session(small(), sampleSource(1));
    const empty = session.frame(false);
    expect(empty).toMatchObject({
      number: 1,
      position: 0,
      total: undefined,
      events: [],
      cpe: { came: undefined, next: [], demand: undefined },
    });
    const first = advance(session, 400) && session.frame(true);
    const second = advance(session, 400) && session.frame(true);
    expect(first).toMatchObject({ number: 2, position: 400, playing: true });
    expect(first.events).toHaveLength(64);
    expect(first.events.map(({ n }) => n)).toEqual(Array.from({ length: 64 }, (_, i) => 336 + i));

    const bits = (frame: Frame) => frame.ifr.bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
    for (const { ifr } of [first, second]) {
      expect(ifr.bits.length * 8).toBe(ifr.totalBits);
      expect(ifr.fresh + ifr.known).toBe(ifr === first.ifr ? 400 : 800);
      expect(ifr.strangers).toBe(8192);
    }
    expect(bits(first)).toBe(first.ifr.setBits);
    expect(second.ifr.setBits).toBeGreaterThan(first.ifr.setBits);
    // Within the first events already there is something to see: both rates are above a per mille.
    expect(first.ifr.predictedRate).toBeGreaterThan(0.001);
    expect(first.ifr.falsePositives / first.ifr.strangers).toBeGreaterThan(0.001);

    expect(first.dsr).toMatchObject({ neurons: 256, threshold: 15, steps: 256 });
    expect(first.dsr.offsets[256]).toBe(first.dsr.ids.length);
    expect(first.dsr.ids.length).toBeGreaterThan(0);
    expect(Math.max(...first.dsr.ids)).toBeLessThan(256);
    for (let s = 0; s < 256; s++) expect(first.dsr.offsets[s + 1] - first.dsr.offsets[s]).toBeLessThanOrEqual(16);
    expect(first.dsr.potentials).toHaveLength(256);
    expect(first.dsr.similar[0].score).toBeGreaterThan(0);

    const { nodes = [], edges, activation } = first.alm;
    expect(nodes.length).toBeGreaterThan(20);
    expect(nodes.length).toBeLessThanOrEqual(120);
    expect(activation).toHaveLength(nodes.length);
    expect(Math.max(...activation)).toBe(1);
    for (const { x, y } of nodes) expect(Math.min(x, y, 1 - x, 1 - y)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...(edges?.pairs ?? []))).toBeLessThan(nodes.length);
    expect(second.alm.version).toBeGreaterThan(first.alm.version);

    const { cpe } = second;
    expect(cpe.next.length).toBeGreaterThan(0);
    expect(cpe.next.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThanOrEqual(1 + 1e-6);
    expect(cpe.scored).toBeGreaterThan(first.cpe.scored);
    expect(cpe.history.ours.length).toBe(cpe.history.naive.length);
    const demand = cpe.demand as NonNullable<typeof cpe.demand>;
    expect(demand.mean.length).toBe(demand.values.length + 12);
    for (const [i, mean] of demand.mean.entries()) {
      if (!Number.isNaN(mean)) expect(demand.lower[i] <= mean && mean <= demand.upper[i]).toBe(true);
    }
    // Nothing has moved: nodes and edges are not sent again.
    expect(session.frame(false).alm.nodes).toBeUndefined();
    session.dispose();
  });

  it("the filter errs about as often as its load predicts, and gives way to a larger one when it is full", () => {
    const panel = new FilterPanel(1);
    const sizes = new Set<number>();
    const sum = { measured: 0, predicted: 0 };
    for (let i = 0; i < 3000; i++) {
      panel.event(`key ${i}`, `stream ${i % 7}`, true);
      if (i % 100 !== 99) continue;
      const { totalBits, predictedRate, falsePositives, strangers, keys } = panel.frame();
      expect(keys).toBe(i + 1 + 7);
      sizes.add(totalBits);
      expect(predictedRate).toBeLessThan(0.07);
      if (strangers > 4000) {
        sum.measured += falsePositives / strangers;
        sum.predicted += predictedRate;
      }
    }
    // What is measured lags behind, as the filter fills while the strangers are asked.
    expect(sum.measured).toBeGreaterThan(sum.predicted / 3);
    expect(sum.measured).toBeLessThan(sum.predicted * 1.1);
    expect([...sizes]).toEqual([1024, 2048, 4096, 8192, 16_384, 32_768]);
    panel.dispose();
  });

  it("the route is a way along edges between nodes that are shown", () => {
    const session = new Session(small({ seed: 3 }), sampleSource(3));
    let nodes: string[] = [];
    let routes = 0;
    for (let i = 0; i < 40; i++) {
      const { alm } = advance(session, 10) && session.frame(false);
      nodes = alm.nodes?.map(({ key }) => key) ?? nodes;
      expect(alm.route).toHaveLength(alm.steps.length === 0 ? 0 : alm.steps.length + 1);
      for (const [s, { from, to, type }] of alm.steps.entries()) {
        expect([from, to]).toEqual([nodes[alm.route[s]], nodes[alm.route[s + 1]]]);
        expect(["next", "referrer"]).toContain(type);
      }
      if (alm.route.length > 2) routes++;
    }
    expect(routes).toBeGreaterThan(10);
    session.dispose();
  });

  it("learns to predict, better than by chance and not by looking ahead", () => {
    const session = advance(new Session(small({ neurons: 64 }), sampleSource(5)), 2500);
    const { cpe } = session.frame(false);
    expect(cpe.scored).toBeGreaterThan(1500);
    expect(cpe.ours.hitAt5).toBeGreaterThan(cpe.naive.hitAt5);
    // A key that came for the first time was in nobody's ranking.
    const lines = Array.from({ length: 50 }, (_, i) => `ann,/page-${i}`);
    const { source } = own(["user,page", ...lines].join("\n"));
    const fresh = advance(new Session(small(), source), 50).frame(false);
    expect(fresh.events.every(({ rank }) => rank === 0)).toBe(true);
    expect(fresh.cpe).toMatchObject({ scored: 49, ours: { hitAt5: 0 }, naive: { hitAt5: 0 } });
    session.dispose();
  });

  it("a replay of position and actions comes to the same state", () => {
    const live = advance(new Session(small({ seed: 11 }), sampleSource(11)), 150);
    live.act({ kind: "anomaly" });
    advance(live, 30);
    live.act({ kind: "threshold", value: 9 });
    live.act({ kind: "remove", key: "GET /" });
    advance(live, 70);
    const shown = live.frame(false);
    expect(live.run).toMatchObject({ position: 250, threshold: 15, actions: [{ at: 150 }, { at: 180, value: 9 }, { at: 180 }] });

    const again = advance(new Session(live.run, sampleSource(11)), 250);
    const replayed = again.frame(false);
    expect(again.run).toEqual(live.run);
    expect(timeless(replayed)).toEqual(timeless(shown));
    const unlike = advance(new Session({ ...live.run, actions: [] }, sampleSource(11)), 250);
    expect(unlike.frame(false).cpe.next).not.toEqual(shown.cpe.next);
    for (const session of [live, again, unlike]) session.dispose();
  });

  it("an anomaly is in the stream for 60 events, and surprises", () => {
    const session = advance(new Session(small({ seed: 2 }), sampleSource(2)), 600);
    const usual = session.frame(false).events;
    session.act({ kind: "anomaly" });
    const { events } = advance(session, INJECTED) && session.frame(false);
    expect(events).toHaveLength(INJECTED);
    expect(events.every(({ injected }) => injected)).toBe(true);
    const mean = (rows: typeof events) => rows.reduce((sum, { surprise }) => sum + surprise, 0) / rows.length;
    expect(mean(events)).toBeGreaterThan(mean(usual));
    expect(session.advance()).toBe(true);
    expect(session.frame(false).events[0].injected).toBe(false);
    session.dispose();
  });

  it("a thing that is removed is gone from the graph and from every answer", () => {
    const session = advance(new Session(small({ seed: 4 }), sampleSource(4)), 300);
    const key = session.frame(false).cpe.next[0].key;
    session.act({ kind: "remove", key });
    const { alm, cpe, dsr } = session.frame(false);
    expect(alm.nodes?.map((node) => node.key)).not.toContain(key);
    expect([...cpe.next, ...dsr.similar].map((row) => row.key)).not.toContain(key);
    expect(session.ask(key).rows.map((row) => row.key)).not.toContain(key);
    // It is learned again when it comes again.
    for (let i = 0; i < 3000 && !session.ask(key).rows.some((row) => row.key === key); i++) session.advance();
    expect(session.ask(key).rows[0]).toMatchObject({ key, probability: 1 });
    session.act({ kind: "remove", key: "nobody" });
    session.dispose();
  });

  it("other neurons, thresholds and winners make another reservoir; what cannot be changes nothing", () => {
    const session = advance(new Session(small(), sampleSource(1)), 100);
    session.act({ kind: "neurons", value: 512 });
    expect(session.frame(false).dsr).toMatchObject({ neurons: 512, steps: 0 });
    session.act({ kind: "winners", value: 3 });
    session.act({ kind: "threshold", value: 5 });
    const { dsr } = advance(session, 20) && session.frame(false);
    expect(dsr).toMatchObject({ neurons: 512, threshold: 5, steps: 120 });
    for (let s = 0; s < dsr.steps; s++) expect(dsr.offsets[s + 1] - dsr.offsets[s]).toBeLessThanOrEqual(3);
    const { actions } = structuredClone(session.run);
    for (const value of [0, 1.5, 1e9, Number.NaN]) {
      expect(() => session.act({ kind: "neurons", value })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    }
    expect(session.run.actions).toEqual(actions);
    expect(advance(session, 1).frame(false).dsr).toMatchObject({ neurons: 512, threshold: 5 });
    expect(() => new Session(small({ threshold: 0 }), sampleSource(1))).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    session.dispose();
  });

  it("times calls in batches that the clock can tell apart", () => {
    // A clock that goes in steps of 0.1 ms, as that of a page without isolation does.
    const session = advance(new Session(small(), sampleSource(1), () => Math.floor(performance.now() * 10) / 10), 200);
    for (let i = 0; i < 100; i++) session.measure();
    const { edges, rows } = session.frame(false).latency;
    expect(rows.map(({ name }) => name)).toEqual(["IFR", "DSR", "ALM", "CPE", "recall"]);
    for (const { counts, batch, p50, p99, target } of rows) {
      expect(counts.length).toBe(edges.length - 1);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
      expect(batch).toBeGreaterThanOrEqual(1);
      expect(p50).toBeGreaterThan(0);
      expect(p99).toBeGreaterThanOrEqual(p50);
      expect(target).toBeGreaterThan(0);
    }
    session.dispose();
  });
});

describe("questions", () => {
  const session = advance(new Session(small({ seed: 6 }), sampleSource(6)), 800);

  it("a known key is answered exactly, with and without its method, and with what belongs to it", () => {
    const key = session.frame(false).cpe.came as string;
    const { rows } = session.ask(key);
    expect(rows[0]).toMatchObject({ key, probability: 1 });
    expect(rows[0].why[0]).toMatchObject({ layer: "ifr", text: "Known: this very key." });
    expect(session.ask(key.replace(/^[A-Z]+ /, "")).rows[0].probability).toBe(1);
  });

  it("words find what is called alike; a stream what comes next; nothing finds nothing", () => {
    const { rows, escape } = session.ask("coffee beans");
    expect(rows.length).toBeGreaterThan(0);
    expect(rows[0].key).toMatch(/coffee.*beans/);
    expect(rows[0].why[0]).toMatchObject({ layer: "dsr" });
    expect(escape).toBeUndefined();
    // What is alike comes first, by falling similarity; then what it leads to, with the way.
    const alike = rows.flatMap(({ similarity }) => similarity ?? []);
    expect(alike.length).toBeGreaterThan(0);
    expect(alike).toEqual([...alike].sort((a, b) => b - a));
    for (const row of rows.slice(0, alike.length)) expect(row.similarity).toBeGreaterThan(0.125);
    for (const row of rows.slice(alike.length)) expect(row.why).toMatchObject([{ layer: "alm", text: expect.stringContaining("→") }]);
    expect(session.ask("zyzzyva").rows).toEqual([]);
    const { stream } = session.frame(false).cpe;
    expect(
      session
        .ask(stream)
        .rows.map(({ key }) => key)
        .slice(0, 3),
    ).toEqual(
      session
        .frame(false)
        .cpe.next.map(({ key }) => key)
        .slice(0, 3),
    );
    for (const text of ["", "  ", "…", "x".repeat(100_000)]) expect(session.ask(text).rows.every(({ key }) => key !== "")).toBe(true);
    expect(session.ask("").rows).toEqual([]);
  });
});

describe("the visitor's data", () => {
  it("an access log gives answers", () => {
    const lines: string[] = [];
    for (const event of shopLog({ seed: 9, events: 600 })) lines.push(logLine(event));
    const { source, report, events } = own([...lines.slice(0, 300), "garbage", ...lines.slice(300)].join("\n"), "access.log");
    expect(report).toMatchObject({ format: "access-log", malformedCount: 1 });
    expect(report.malformed[0]).toMatchObject({ source: "access.log", line: 301 });
    const session = new Session(small(), source);
    while (session.advance());
    expect(session.ended).toBe(true);
    const frame = session.frame(false);
    expect(frame).toMatchObject({ position: events, total: events });
    expect(frame.cpe.next.length).toBeGreaterThan(0);
    expect(session.ask("tea").rows.length).toBeGreaterThan(0);
    // After the end an anomaly can still come.
    session.act({ kind: "anomaly" });
    let injected = 0;
    while (session.advance()) injected++;
    expect(injected).toBe(INJECTED);
    expect(session.frame(false)).toMatchObject({ position: events + INJECTED, total: events + INJECTED });
    session.dispose();
  });

  it("CSV and NDJSON do as well, also without times, in any order, and with what the engine refuses", () => {
    const csv = own("user;page;when\nann;/a;2024-01-02\nbob;/a;2024-01-01 10:00\nann;/b;2024-01-02T00:00:05Z\nbob;/b;never\n");
    expect(csv.report).toMatchObject({ format: "csv", malformedCount: 1 });
    const first = new Session(small(), csv.source);
    while (first.advance());
    expect(first.frame(false)).toMatchObject({ position: 3, total: 3, cpe: { stream: "ann", came: "/b" } });

    const ndjson = own(
      [
        { op: "remember", key: "tea", vector: [1, 2, 3], links: [{ to: "cup", type: "with" }] },
        { op: "observe", stream: "s", key: "tea" },
        { op: "observe", stream: "s", key: "cup", value: 3 },
        { op: "observe", stream: "s", key: "cup", at: -5 },
        { op: "link", from: "pot", to: "tea" },
        { op: "forget", key: "cup" },
        { op: "observe", stream: "s", key: "pot" },
      ]
        .map((operation) => JSON.stringify(operation))
        .join("\n"),
    );
    expect(ndjson.report).toMatchObject({ format: "ndjson", malformedCount: 0 });
    const second = new Session(small(), ndjson.source);
    while (second.advance());
    expect(second.refused).toBe(1);
    expect(second.frame(false)).toMatchObject({ position: 4, cpe: { came: "pot" } });
    expect(second.ask("tea").rows[0]).toMatchObject({ key: "tea", probability: 1 });
    for (const session of [first, second]) session.dispose();
  });

  it("records as others write them, an object a line, are read by the names of their fields", () => {
    const lines = [
      ...['{"user":"ann","page":"/a, \\"b\\"","time":1704153600,"tags":["x"]}', '{"user":"bob","page":"/c"', ""],
      ...['{"time":1704153605,"page":"/d\\ne","more":{"a":1},"user":"ann"}', "[1]", '{"user":"ann","time":1704153606}'],
    ];
    const { source, report, events } = own(`\ufeff\n${lines.join("\n")}\n`, "mine.ndjson");
    expect(events).toBe(2);
    expect(report).toMatchObject({ format: "ndjson", malformedCount: 3, malformed: [{ line: 3 }, { line: 6 }, { line: 7 }] });
    const session = new Session(small(), source);
    expect(session.advance()).toBe(true);
    expect(session.frame(false).cpe).toMatchObject({ stream: "ann", came: '/a, "b"' });
    expect(session.advance()).toBe(true);
    expect(session.frame(false)).toMatchObject({ total: 2, cpe: { stream: "ann", came: "/d e" } });
    expect(session.frame(false).position).toBe(2);
    session.dispose();
    expect(() => own('{"when":1,"what":"x"}')).toThrow(expect.objectContaining({ code: "ERR_INPUT" }));
  });

  it("what is none of these is refused", () => {
    expect(() => read("odd.csv", "a,b\n1,2\n")).toThrow(/odd\.csv.*key, item, page/);
    expect(() => read("photo.jpg", "\u0000\u0001\n\u0002")).toThrow(expect.objectContaining({ code: "ERR_INPUT" }));
    expect(() => read("empty", "")).toThrow(expect.objectContaining({ code: "ERR_INPUT" }));
  });
});
