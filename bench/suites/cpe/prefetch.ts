// The prefetcher: misses, and fetches of the backend, beside caches without prefetching and with blind ones. Its parameters were chosen on made
// traces (`madeTrace`, other seeds), not on the block trace and not on the made ones here. In all replays a fetch takes no time, as if what was fetched
// with one request were there for the next.
import { IfrCache } from "mfn/ifr";
import { traceFile } from "../../cache.js";
import {
  type BlockTrace,
  LruMap,
  madeTrace,
  minMisses,
  plainMisses,
  type Replay,
  readBlocks,
  replay,
  replayBlind,
  shuffled,
} from "../../cache-trace.js";
import { dataFile } from "../../files.js";
import type { Bench } from "../../harness.js";

/** What a right loader finds in the first half of the trace. */
const REQUESTS = 56_935;
const OBJECTS = 35_445;
/** Requests whose time is taken. */
const TIMED = 4096;

export default prefetch;

export async function prefetch(b: Bench): Promise<void> {
  const made = madeTrace(b.quick ? 5000 : 50_000, { files: 0.4, columns: 0.1, records: 0.2, loops: 0.1 }, 2024);
  scores(b, "made", made, b.quick ? [0.1] : [0.01, 0.1], []);
  await times(b, made);
  const file = b.quick ? undefined : dataFile(traceFile);
  if (file === undefined) {
    b.log("CloudPhysics trace skipped: a smoke run, or the file is not here (MFN_DATA)");
    return;
  }
  const blocks = readBlocks(new TextDecoder().decode(file));
  if (blocks.ids.length !== REQUESTS || blocks.objects !== OBJECTS) {
    b.fail("CloudPhysics", new Error(`${blocks.ids.length} requests for ${blocks.objects} blocks, expected ${REQUESTS} and ${OBJECTS}`));
    return;
  }
  b.log(`CloudPhysics: ${REQUESTS} requests for ${OBJECTS} blocks`);
  scores(b, "CloudPhysics", blocks, [0.01, 0.05, 0.1], [0.9, 1.1, 1.2]);
}

/** @param caps under which to replay beside 1, for the largest cache */
function scores(b: Bench, name: string, trace: BlockTrace, shares: number[], caps: number[]): void {
  const n = trace.ids.length;
  for (const share of shares) {
    const entries = Math.round(share * trace.objects);
    const where = `${name}, ${share * 100} % of the blocks`;
    const { lru, sieve } = plainMisses(trace, entries);
    if (!agree(trace, entries, lru)) b.fail(where, new Error("the LRU of the replays and its oracle differ"));
    const ours = replay(trace, new LruMap(entries), { maxTraffic: 1 });
    const row = (peer: string, peerValue: number) =>
      b.score({ case: `${where}, misses`, unit: "a request", ours: ours.misses, peer, peerValue, higherIsBetter: false, n });
    row("LRU", lru);
    row("SIEVE", sieve);
    row("MIN (offline optimum without prefetching)", minMisses(trace, entries));
    const blind = (["next block", "next extent", "last successor"] as const).map(
      (policy) => [policy, replayBlind(trace, entries, policy)] as const,
    );
    for (const [policy, { misses }] of blind) row(`LRU and ${policy}`, misses);
    for (const [policy, { traffic }] of blind) {
      b.score({
        case: `${where}, fetches`,
        unit: "a request",
        ours: ours.traffic,
        peer: `LRU and ${policy}`,
        peerValue: traffic,
        higherIsBetter: false,
        n,
      });
    }
    for (const [policy, { precision }] of blind) {
      b.score({
        case: `${where}, used of what is fetched ahead`,
        unit: "share",
        ours: ours.precision,
        peer: `LRU and ${policy}`,
        peerValue: precision,
        n,
      });
    }
    if (share !== shares[shares.length - 1]) continue;
    for (const maxTraffic of caps)
      one(b, `${where}, at most ${maxTraffic} fetches a request`, replay(trace, new LruMap(entries), { maxTraffic }), n);
    one(b, `${where}, without sizes`, replay(trace, new LruMap(entries), { maxTraffic: 1 }, false), n);
    one(b, `${where}, without the event model`, replay(trace, new LruMap(entries), { maxTraffic: 1, events: false }), n);
    one(b, `${where}, on SIEVE (IfrCache)`, onSieve(trace, entries), n);
  }
  const mixed = shuffled(trace);
  const entries = Math.round(shares[shares.length - 1]! * trace.objects);
  const ours = replay(mixed, new LruMap(entries), { maxTraffic: 1 });
  const where = `${name}, shuffled, ${shares[shares.length - 1]! * 100} % of the blocks`;
  const { lru } = plainMisses(mixed, entries);
  b.score({ case: `${where}, misses`, unit: "a request", ours: ours.misses, peer: "LRU", peerValue: lru, higherIsBetter: false, n });
  b.score({ case: `${where}, fetches`, unit: "a request", ours: ours.traffic, peer: "LRU", peerValue: lru, higherIsBetter: false, n });
  b.score({ case: `${where}, used of what is fetched ahead`, unit: "share", ours: ours.precision, n });
}

function one(b: Bench, where: string, { misses, traffic, precision }: Replay, n: number): void {
  b.score({ case: `${where}: misses`, unit: "a request", ours: misses, higherIsBetter: false, n });
  b.score({ case: `${where}: fetches`, unit: "a request", ours: traffic, higherIsBetter: false, n });
  b.score({ case: `${where}: used of what is fetched ahead`, unit: "share", ours: precision, n });
}

function agree({ ids }: BlockTrace, entries: number, expected: number): boolean {
  const cache = new LruMap(entries);
  let misses = 0;
  for (const id of ids) {
    if (cache.get(id) !== undefined) continue;
    misses++;
    cache.set(id, 1);
  }
  return misses / ids.length === expected;
}

function onSieve(trace: BlockTrace, maxEntries: number): Replay {
  const cache = IfrCache.createSync<number>({ maxEntries });
  const keyed = {
    has: (id: number) => cache.has(String(id)),
    get: (id: number) => cache.get(String(id)),
    set: (id: number, value: number) => cache.set(String(id), value),
  };
  const result = replay(trace, keyed, { maxTraffic: 1 });
  cache.dispose();
  return result;
}

/** What a request costs beside the backend. */
async function times(b: Bench, trace: BlockTrace): Promise<void> {
  const entries = Math.round(0.1 * trace.objects);
  const part: BlockTrace = { ids: trace.ids.subarray(0, TIMED), spans: trace.spans.subarray(0, TIMED), objects: trace.objects };
  for (const [name, events] of [
    ["with the event model", undefined],
    ["without the event model", false],
  ] as const) {
    await b.measure({
      case: `a request, ${name}`,
      n: part.ids.length,
      unit: "us",
      check: () => replay(part, new LruMap(entries), { maxTraffic: 1, events }).misses <= plainMisses(part, entries).lru,
      ours: () => replay(part, new LruMap(entries), { maxTraffic: 1, events }).misses,
    });
  }
}
