// The offline optimum: Belady, "A study of replacement algorithms for a virtual-storage computer" (1966). Whoever knows the future
// evicts what is asked for last, which for entries of equal size no other policy beats. For entries of different sizes the optimum
// is out of reach (it is NP-hard) and this is a good policy, not a bound.

/**
 * Misses of a cache that knows the requests to come.
 * @param keys one a request
 * @param sizes one a request; an entry has that of the request that brought it in
 */
export function beladyMisses(keys: readonly string[], maxEntries: number, sizes?: ArrayLike<number>, maxSize = Infinity): number {
  const n = keys.length;
  const next = new Float64Array(n).fill(Infinity);
  const seen = new Map<string, number>();
  for (let i = n - 1; i >= 0; i--) {
    next[i] = seen.get(keys[i]!) ?? Infinity;
    seen.set(keys[i]!, i);
  }
  // A heap of [when it is asked for, key], latest first. An entry that was asked for again leaves its old place there, which is
  // recognised by its time.
  const heap = new LatestFirst();
  const held = new Map<string, { next: number; size: number }>();
  let total = 0;
  let misses = 0;
  for (let i = 0; i < n; i++) {
    const key = keys[i]!;
    const entry = held.get(key);
    if (entry !== undefined) entry.next = next[i]!;
    else {
      misses++;
      const size = sizes?.[i] ?? 1;
      // What is not asked for again need not come in.
      if (size > maxSize || next[i] === Infinity) continue;
      held.set(key, { next: next[i]!, size });
      total += size;
    }
    heap.push(next[i]!, key);
    while (held.size > maxEntries || total > maxSize) {
      const [time, latest] = heap.pop();
      const other = held.get(latest);
      if (other === undefined || other.next !== time) continue;
      held.delete(latest);
      total -= other.size;
    }
  }
  return misses;
}

class LatestFirst {
  readonly #times: number[] = [];
  readonly #keys: string[] = [];

  push(time: number, key: string): void {
    let at = this.#times.length;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (this.#times[up]! >= time) break;
      this.#put(at, this.#times[up]!, this.#keys[up]!);
      at = up;
    }
    this.#put(at, time, key);
  }

  pop(): [time: number, key: string] {
    const top: [number, string] = [this.#times[0]!, this.#keys[0]!];
    const time = this.#times.pop()!;
    const key = this.#keys.pop()!;
    const n = this.#times.length;
    if (n === 0) return top;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= n) break;
      if (down + 1 < n && this.#times[down + 1]! > this.#times[down]!) down++;
      if (this.#times[down]! <= time) break;
      this.#put(at, this.#times[down]!, this.#keys[down]!);
      at = down;
    }
    this.#put(at, time, key);
    return top;
  }

  #put(at: number, time: number, key: string): void {
    this.#times[at] = time;
    this.#keys[at] = key;
  }
}
