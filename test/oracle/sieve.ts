// SIEVE in plain JavaScript, from the pseudo-code of the paper (Zhang et al., NSDI 2024, algorithm 1): a linked list from head (newest)
// to tail (oldest), a bit a node, a hand. Bounds by entries and by size; expiry by whole epochs, everything that is due at once.

interface Node<V> {
  key: string;
  value: V;
  size: number;
  visited: boolean;
  /** The epoch at whose beginning it expires. */
  expires: number;
  /** Towards the head. */
  prev: Node<V> | undefined;
  /** Towards the tail. */
  next: Node<V> | undefined;
}

export type Leaver<V> = [key: string, value: V, reason: string];

export class Sieve<V> {
  readonly nodes = new Map<string, Node<V>>();
  /** What left, and why, in the order of leaving. */
  readonly left: Leaver<V>[] = [];
  total = 0;
  #head: Node<V> | undefined;
  #tail: Node<V> | undefined;
  #hand: Node<V> | undefined;
  #epoch = 0;

  constructor(
    public maxEntries = Infinity,
    public maxSize = Infinity,
  ) {}

  get(key: string): V | undefined {
    const node = this.nodes.get(key);
    if (node !== undefined) node.visited = true;
    return node?.value;
  }

  set(key: string, value: V, size = 1, expires = Infinity): boolean {
    const known = this.nodes.get(key);
    if (size > this.maxSize) {
      if (known !== undefined) this.#take(known, "replaced");
      return false;
    }
    if (known !== undefined) {
      if (known.value !== value) this.left.push([key, known.value, "replaced"]);
      this.total += size - known.size;
      Object.assign(known, { value, size, expires, visited: true });
      while (this.total > this.maxSize) this.#evict(known);
      return true;
    }
    while (this.nodes.size + 1 > this.maxEntries || this.total + size > this.maxSize) this.#evict();
    const node: Node<V> = { key, value, size, visited: false, expires, prev: undefined, next: this.#head };
    if (this.#head !== undefined) this.#head.prev = node;
    this.#head = node;
    this.#tail ??= node;
    this.nodes.set(key, node);
    this.total += size;
    return true;
  }

  delete(key: string, reason = "deleted"): boolean {
    const node = this.nodes.get(key);
    if (node !== undefined) this.#take(node, reason);
    return node !== undefined;
  }

  clear(): void {
    for (const key of [...this.nodes.keys()]) this.delete(key);
  }

  resize(maxEntries: number, maxSize: number): void {
    this.maxEntries = maxEntries;
    this.maxSize = maxSize;
    while (this.nodes.size > maxEntries || this.total > maxSize) this.#evict();
  }

  /** Time goes on to this epoch. */
  advance(epoch: number): void {
    this.#epoch = Math.max(this.#epoch, epoch);
    for (const node of [...this.nodes.values()]) if (node.expires <= this.#epoch) this.#take(node, "expired");
  }

  get epoch(): number {
    return this.#epoch;
  }

  #evict(spared?: Node<V>): void {
    let o = this.#hand ?? this.#tail;
    while (o!.visited || o === spared) {
      o!.visited = false;
      o = o!.prev ?? this.#tail;
    }
    this.#hand = o!.prev;
    this.#take(o!, "evicted");
  }

  #take(node: Node<V>, reason: string): void {
    if (this.#hand === node) this.#hand = node.prev;
    if (node.prev !== undefined) node.prev.next = node.next;
    else this.#head = node.next;
    if (node.next !== undefined) node.next.prev = node.prev;
    else this.#tail = node.prev;
    this.nodes.delete(node.key);
    this.total -= node.size;
    this.left.push([node.key, node.value, reason]);
  }
}
