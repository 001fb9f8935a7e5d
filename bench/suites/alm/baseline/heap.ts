/** A binary heap of numbers by keys, least first; an id may be pushed again with a smaller key. */
export class Heap {
  readonly #keys: number[] = [];
  readonly #ids: number[] = [];
  /** The key of what was popped last. */
  key = 0;

  get size(): number {
    return this.#ids.length;
  }

  clear(): void {
    this.#keys.length = 0;
    this.#ids.length = 0;
  }

  push(key: number, id: number): void {
    const keys = this.#keys;
    const ids = this.#ids;
    let i = ids.length;
    keys.push(key);
    ids.push(id);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (keys[parent] <= key) break;
      keys[i] = keys[parent];
      ids[i] = ids[parent];
      i = parent;
    }
    keys[i] = key;
    ids[i] = id;
  }

  /** Takes out the id of the least key. */
  pop(): number {
    const keys = this.#keys;
    const ids = this.#ids;
    this.key = keys[0];
    const top = ids[0];
    const key = keys.pop()!;
    const id = ids.pop()!;
    const n = ids.length;
    if (n === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= n) break;
      if (child + 1 < n && keys[child + 1] < keys[child]) child++;
      if (keys[child] >= key) break;
      keys[i] = keys[child];
      ids[i] = ids[child];
      i = child;
    }
    keys[i] = key;
    ids[i] = id;
    return top;
  }
}
