// The event model with sessions, as the protocol of IPredict asks it.
import { type SessionExports, SessionLayer } from "../../src/layers/cpe/sessions.js";
import { cpeEventsModule } from "../../src/wasm/generated/cpe-events.js";
import { Kernel } from "../../src/wasm/kernel.js";
import { instantiateSync } from "../../src/wasm/source.js";
import type { Learner } from "./protocol.js";

/** The one configuration for all sets: contexts of up to five events, sessions as they are by default. */
export class SessionModel extends SessionLayer<SessionExports> implements Learner {
  constructor(sessions: boolean) {
    super(new Kernel<SessionExports>("cpe-events", instantiateSync(cpeEventsModule), "surpriseOf"), { orders: 5, sessions });
  }

  train(sequence: number[]): void {
    this.observeMany(0, sequence);
    this.endSession(0);
  }
}
