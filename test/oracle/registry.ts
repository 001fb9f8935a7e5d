// IFR in plain JavaScript: a Map both ways and a stack of free ids.

export class Registry {
  readonly #ids = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  readonly #free: number[] = [];

  intern(key: string): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#free.pop() ?? this.#keys.length;
      this.#ids.set(key, id);
      this.#keys[id] = key;
    }
    return id;
  }

  idOf(key: string): number {
    return this.#ids.get(key) ?? -1;
  }

  keyOf(id: number): string | undefined {
    return this.#keys[id];
  }

  deleteId(id: number): boolean {
    const key = this.#keys[id];
    if (key === undefined) return false;
    this.#ids.delete(key);
    this.#keys[id] = undefined;
    this.#free.push(id);
    return true;
  }

  /** Forgets the ids that are free. */
  reset(): void {
    this.#keys.length = 0;
    this.#free.length = 0;
  }

  get size(): number {
    return this.#ids.size;
  }

  get idLimit(): number {
    return this.#keys.length;
  }

  entries(): [string, number][] {
    return this.#keys.flatMap((key, id) => (key === undefined ? [] : [[key, id] as [string, number]]));
  }
}
