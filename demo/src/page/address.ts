// The address is the run: kept up to date while it goes on, and read when somebody comes with a link.
import { type Decoded, decodeRun, encodeRun } from "../link.js";
import type { Run } from "../protocol.js";

/** Browsers refuse to have the address rewritten often, some after 100 times in 30 seconds. */
const PAUSE = 1000; // ms

export class Address {
  #run: Run | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What this page wrote last: another hash is somebody's link. */
  #written = location.hash;

  /** @param opened takes the run of a link that came into the address of this page */
  constructor(opened: () => void) {
    addEventListener("hashchange", () => {
      if (isRun(location.hash) && location.hash !== this.#written) opened();
    });
  }

  /** The run that the address holds, and what of it could not be used; undefined without one. */
  async read(): Promise<Decoded | undefined> {
    return isRun(location.hash) ? decodeRun(location.hash) : undefined;
  }

  /** Takes the run as it is; the address follows within a second, or at once. */
  keep(run: Run, now = false): void {
    this.#run = run;
    if (now) void this.write();
    else this.#timer ??= setTimeout(() => void this.write(), PAUSE);
  }

  /** Writes the address. @returns the link to the run */
  async write(): Promise<string> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const run = this.#run;
    if (run === undefined) return location.href;
    const hash = `#${await encodeRun(run)}`;
    // Another run, or another place of it, may have come while this one was compressed.
    if (this.#run === run || this.#written === "") {
      if (hash !== location.hash) history.replaceState(history.state, "", hash);
      this.#written = hash;
    }
    return new URL(hash, location.href).href;
  }
}

/** A link within the page has no "=", a run always. */
const isRun = (hash: string): boolean => hash.includes("=");
