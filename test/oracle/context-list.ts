/**
 * What followed one context, as the lines of assembly/cpe/events/table.ts count it: a list, roughly in order, that holds eight ids a line and ages.
 * Counts are in sixteenths of an event.
 */
export class ContextList {
  readonly entries: { id: number; units: number }[] = [];
  events = 0;
  novelties = 0;
  /** The id counted last, whether or not the list has it. */
  last = -1;

  /**
   * @param lines the most lines
   * @param limit once a count comes to so many events, all are halved
   */
  constructor(
    readonly lines: number,
    readonly limit: number,
  ) {}

  /** Entries, where each line but the first counts as full. */
  get used(): number {
    const lines = Math.ceil(this.entries.length / 8);
    return Math.min(this.entries.length, 8) + (lines - 1) * 8;
  }

  countOf(id: number): number {
    return (this.entries.find((entry) => entry.id === id)?.units ?? 0) / 16;
  }

  /** @param units sixteenths of an event */
  count(id: number, units: number): void {
    this.events += units / 16;
    this.last = id;
    const at = this.entries.findIndex((entry) => entry.id === id);
    if (at < 0) {
      this.novelties += units / 16;
      this.#add(id, units);
      return;
    }
    const entry = this.entries[at];
    entry.units += units;
    if (at > 0 && entry.units > this.entries[at - 1].units) [this.entries[at - 1], this.entries[at]] = [entry, this.entries[at - 1]];
    if (entry.units >= this.limit * 16) this.#halve();
  }

  /** A new id; where all lines are full it takes half of its units from the weakest of the last one, and its place if that had no more than it; then each other there loses a unit. */
  #add(id: number, units: number): void {
    if (this.entries.length < this.lines * 8) {
      this.entries.push({ id, units });
      return;
    }
    const line = this.entries.slice(-8);
    const weakest = line.reduce((a, b) => (b.units <= a.units ? b : a));
    if (weakest.units > units) {
      weakest.units -= Math.max(units >> 1, 1);
      return;
    }
    for (const entry of line) entry.units = Math.max(entry.units - 1, 0);
    Object.assign(weakest, { id, units });
  }

  #halve(): void {
    this.events /= 2;
    this.novelties /= 2;
    for (const entry of this.entries) entry.units >>= 1;
  }
}
