// The event model with sessions, as the protocol of IPredict asks it.
import { Cpe } from "mfn/cpe";
import type { Learner } from "./protocol.js";

/** The one configuration for all sets: the default one, with sessions as they are by default. */
export class SessionModel implements Learner {
  readonly #cpe: Cpe;

  private constructor(cpe: Cpe) {
    this.#cpe = cpe;
  }

  static create(sessions: boolean): SessionModel {
    return new SessionModel(Cpe.createSync({ sessions }));
  }

  copy(): this {
    return new SessionModel(Cpe.loadSync(this.#cpe.snapshot())) as this;
  }

  train(sequence: number[]): void {
    this.#cpe.observeMany(0, sequence);
    this.#cpe.endSession(0);
  }

  /** The likeliest next item. */
  next(before: number[]): number | undefined {
    return this.#cpe.predictAfter(before, 1).ids.at(0);
  }

  /** The likeliest item among the last `within` of the session. */
  last(before: number[], within: number): number | undefined {
    return this.#cpe.predictLastAfter(before, 1, within).ids.at(0);
  }

  dispose(): void {
    this.#cpe.dispose();
  }
}
