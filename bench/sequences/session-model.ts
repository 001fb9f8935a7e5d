// The event model with sessions, as the protocol of IPredict asks it.
import { Cpe } from "../../src/layers/cpe/cpe.js";
import { startModel } from "../../src/layers/cpe/options.js";
import { cpeEventsModule } from "../../src/wasm/generated/cpe-events.js";
import { instantiateSync } from "../../src/wasm/source.js";
import type { Learner } from "./protocol.js";

/** The one configuration for all sets: the default one, with sessions as they are by default. */
export class SessionModel extends Cpe implements Learner {
  constructor(sessions: boolean) {
    super(startModel(instantiateSync(cpeEventsModule), { sessions }));
  }

  train(sequence: number[]): void {
    this.observeMany(0, sequence);
    this.endSession(0);
  }
}
