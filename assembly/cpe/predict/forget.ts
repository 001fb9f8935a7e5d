// What ends and what is forgotten, in a model that may have sessions.

import * as events from "../events/events";
import * as inSessions from "../sessions/calls";
import { sessions } from "../sessions/layout";

/** Whether there are sessions. */
export function hasSessions(): bool {
  return sessions().ring != 0;
}

export function endSession(stream: u32): bool {
  return hasSessions() ? inSessions.endOfSession(stream) : events.endSession(stream);
}

export function forgetStream(stream: u32): bool {
  return hasSessions() ? inSessions.forgetStreamInSession(stream) : events.forgetStream(stream);
}

export function forgetId(id: u32): bool {
  return hasSessions() ? inSessions.forgetIdInSessions(id) : events.forgetId(id);
}
