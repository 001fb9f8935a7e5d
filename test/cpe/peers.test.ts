import { describe, expect, it } from "vitest";
import { commonHabit, EVENTS, faults, Peer } from "../../bench/suites/cpe/peer-simulation.js";
import { MfnError } from "../../src/errors.js";
import { type MonitorOptions, PeerMonitor } from "../../src/layers/cpe/peer-monitor.js";
import { sameImage } from "../helpers/images.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SlowMonitor } from "../oracle/cusum.js";

/** Thirty honest peers of a kind: what the monitor's model can be right about, and what it cannot. */
const honest: Record<string, (seed: number) => (() => number)[]> = {
  "drifting Markov sources": (seed) => {
    const common = commonHabit(seed);
    return thirty(seed, (_, i) => {
      const peer = new Peer(1000 * seed + i, common);
      return () => peer.next(false);
    });
  },
  "independent events": (seed) =>
    thirty(seed, (random) => {
      const weights = Array.from({ length: 16 }, () => random.next() ** 3);
      const sum = weights.reduce((a, b) => a + b, 0);
      return () => {
        let left = random.next() * sum;
        let event = 0;
        while (event < 15) {
          left -= weights[event];
          if (left < 0) break;
          event++;
        }
        return event;
      };
    }),
  "cycles with slips": (seed) =>
    thirty(seed, (random, i) => {
      let event = 0;
      return () => {
        if (random.next() < 0.03) return random.below(16);
        event = (event + 1) % (5 + (i % 4));
        return event;
      };
    }),
  "sources of order two": (seed) => {
    const shared = new Random(seed);
    const after = Array.from({ length: 64 }, () => [shared.below(8), shared.below(8), shared.below(8)]);
    return thirty(seed, (random) => {
      const often = 0.5 + 0.4 * random.next();
      let before = 0;
      let last = 0;
      return () => {
        const usual = after[before * 8 + last];
        const other = random.next() < 0.5 ? usual[1] : random.next() < 0.9 ? usual[2] : random.below(8);
        const event = random.next() < often ? usual[0] : other;
        before = last;
        last = event;
        return event;
      };
    });
  },
};

function thirty(seed: number, make: (random: Random, i: number) => () => number): (() => number)[] {
  return Array.from({ length: 30 }, (_, i) => make(new Random(1000 * seed + i), i));
}

describe.each(builds)("PeerMonitor (%s)", (build) => {
  const make = (options: MonitorOptions) => PeerMonitor.createSync({ ...options, wasm: wasm("cpe-anomaly", build) });

  it("judges as the slow way does, to the last bit", () => {
    for (const [falseAlarmRate, memory, warmUp] of [
      [0.01, 64, 1],
      [0.001, 1024, 200],
    ]) {
      const common = commonHabit(5);
      const monitor = make({ events: EVENTS, falseAlarmRate, memory, warmUp });
      const slow = new SlowMonitor(EVENTS, falseAlarmRate, memory, warmUp);
      const random = new Random(8);
      const peers = Array.from({ length: 8 }, (_, i) => new Peer(i, common, faults[i]));
      for (let t = 0; t < 6000; t++) {
        const id = random.below(8);
        if (t % 997 === 996) expect([monitor.forgetPeer(id), slow.forget(id)]).toEqual([true, undefined]);
        const event = peers[id].next(peers[id].sent.length > 400);
        expect(monitor.observe(id, event)).toEqual(slow.observe(id, event));
      }
    }
    // Kinds of events at the bounds.
    for (const events of [2, 256]) {
      const monitor = make({ events, falseAlarmRate: 0.05, warmUp: 5 });
      const slow = new SlowMonitor(events, 0.05, 1024, 5);
      const random = new Random(events);
      for (let t = 0; t < 3000; t++) {
        const event = random.next() < 0.5 ? (t * 7) % events : random.below(events);
        expect(monitor.observe(t % 3, event)).toEqual(slow.observe(t % 3, event));
      }
    }
  }, 60_000);

  it("keeps to the allowed rate of false alarms on honest peers of many kinds within a factor of two, at all lengths", () => {
    for (const [falseAlarmRate, lengths] of [
      [1e-3, [2000, 5000, 16_000]],
      [2e-4, [8000, 24_000]],
    ] as const) {
      for (const length of lengths) {
        for (const [kind, make30] of Object.entries(honest)) {
          const monitor = make({ events: EVENTS, falseAlarmRate });
          const peers = make30(length);
          let alarms = 0;
          for (let t = 0; t < length; t++) for (const [id, next] of peers.entries()) if (monitor.observe(id, next()).alarm) alarms++;
          const ratio = alarms / (peers.length * length * falseAlarmRate);
          expect(ratio, `${kind}, ${falseAlarmRate}, ${length} events`).toBeGreaterThan(0.5);
          expect(ratio, `${kind}, ${falseAlarmRate}, ${length} events`).toBeLessThan(2);
        }
      }
    }
  }, 120_000);

  it("stays a probability what it says, when one begins to copy after a long time in which no copy was worth following", () => {
    const kinds = 24;
    for (const seed of build === "release" ? [9, 12, 21] : [9]) {
      const random = new Random(seed);
      const monitor = make({ events: kinds, memory: 65_535 });
      const last = [0, 0, 0];
      const observe = (peer: number, event: number) => {
        const { bits, score } = monitor.observe(peer, event);
        if (!(bits >= 0 && bits < 60 && score >= 0 && score < 1000)) expect({ seed, bits, score }).toBe("bits and a score");
      };
      const slip = [0.02, 0.05, 0.1][seed % 3];
      for (let t = 0; t < 20_000; t++) {
        for (const peer of last.keys()) {
          const slips = random.next() >= 1 - slip;
          last[peer] = slips ? random.below(kinds) : (last[peer] * 5 + (random.next() < 0.5 ? 1 : 7)) % kinds;
          observe(peer, last[peer]);
        }
      }
      const sent = Array.from({ length: 300 }, () => random.below(kinds));
      for (const [t, event] of sent.entries()) {
        observe(9, event);
        if (t >= 20) for (const peer of last.keys()) observe(peer, sent[t - 20]);
      }
    }
  });

  it("finds what peers do wrong, and says what it looks like", () => {
    const common = commonHabit(3);
    const monitor = make({ events: EVENTS, falseAlarmRate: 1e-3 });
    const peers: Peer[] = [];
    const wrong = ["mimic", "replay", "random"] as const;
    for (let i = 0; i < 20; i++) peers.push(new Peer(i, common, wrong[i - 17], peers[0]));
    const found = new Map<number, string | undefined>();
    for (let t = 0; t < 2100; t++) {
      for (const [id, peer] of peers.entries()) {
        const { alarm, cause } = monitor.observe(id, peer.next(t >= 2000));
        if (t >= 2000 && alarm && !found.has(id)) found.set(id, cause);
      }
    }
    expect([found.get(17), found.get(18), found.has(19)]).toEqual(["copy", "copy", true]);
    const evidence = monitor.evidence(19);
    expect(evidence?.observations).toBe(2100);
    expect(evidence?.alarms).toBeGreaterThan(0);
    expect(Object.keys(evidence?.causes ?? {})).toEqual(["change", "cohort", "noise", "copy"]);
    expect(monitor.evidence(99)).toBeUndefined();
  });

  it("is not misled by a third of the peers that misbehave all the time", () => {
    const common = commonHabit(2);
    const monitor = make({ events: EVENTS, falseAlarmRate: 1e-3 });
    const faulty = 8;
    const peers: Peer[] = [];
    // The last of the honest ones goes wrong at the end.
    for (let i = 0; i < 24; i++) peers.push(new Peer(200 + i, common, i < 15 ? undefined : i === 15 ? "random" : faults[i % 6], peers[0]));
    let honestAlarms = 0;
    let found = -1;
    for (let t = 0; t < 6000; t++) {
      for (const [id, peer] of peers.entries()) {
        const { alarm } = monitor.observe(id, peer.next(id === 15 ? t >= 5500 : t >= 250));
        if (alarm && id < 15) honestAlarms++;
        if (alarm && id === 15 && t >= 5500 && found < 0) found = t - 5500;
      }
    }
    expect(peers.filter(({ fault }) => fault !== undefined)).toHaveLength(faulty + 1);
    expect(honestAlarms).toBeLessThan(2 * 1e-3 * 15 * 6000);
    expect(found).toBeGreaterThanOrEqual(0);
    expect(found).toBeLessThan(50);
  });

  it("goes on from a snapshot as the original does", () => {
    const monitor = make({ events: 5, warmUp: 10 });
    const random = new Random(4);
    for (let t = 0; t < 2000; t++) monitor.observe(random.below(6), random.below(5));
    const file = monitor.snapshot();
    const copy = PeerMonitor.loadSync(file, { wasm: wasm("cpe-anomaly", build) });
    const other = make({ events: 9 });
    other.restore(file);
    expect([copy.events, other.events, copy.size]).toEqual([5, 5, 6]);
    for (let t = 0; t < 2000; t++) {
      const [peer, event] = [random.below(8), random.below(5)];
      for (const each of [monitor, copy, other]) each.observe(peer, event);
    }
    sameImage(copy, monitor);
    sameImage(other, monitor);
  });

  it("refuses bad input with a typed error and stays as it was", () => {
    const code = (f: () => unknown) => {
      try {
        f();
      } catch (error) {
        return error instanceof MfnError ? error.code : error;
      }
      return "none";
    };
    const small = make({ events: 4, maxBytes: 150_000 });
    while (code(() => small.observe(small.size, 1)) === "none");
    const before = small.image();
    expect(code(() => small.observe(small.size, 1))).toBe("ERR_MEMORY");
    expect(code(() => small.observe(0, 4))).toBe("ERR_ARGUMENT");
    expect(code(() => small.observe(0, 0.5))).toBe("ERR_ARGUMENT");
    expect(code(() => small.observe(-1, 0))).toBe("ERR_ARGUMENT");
    expect(code(() => small.evidence("0" as never))).toBe("ERR_ARGUMENT");
    expect(small.forgetPeer(1e6)).toBe(false);
    expect(Buffer.compare(small.image(), before)).toBe(0);
    for (const options of [
      {},
      { events: 1 },
      { events: 257 },
      { events: 4, memory: 1 },
      { events: 4, warmUp: 0 },
      { events: 4, falseAlarmRate: 1 },
    ]) {
      expect(code(() => make(options as MonitorOptions))).toBe("ERR_ARGUMENT");
    }
    expect(code(() => PeerMonitor.createSync(undefined as never))).toBe("ERR_ARGUMENT");
    expect(code(() => make({ events: 4, maxBytes: 100_000 }))).toBe("ERR_MEMORY");
    small.dispose();
    expect(code(() => small.observe(0, 0))).toBe("ERR_DISPOSED");
  });
});
