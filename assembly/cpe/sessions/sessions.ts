// What the module with the event model in full exports of the sessions.

export {
  endOfSession,
  evidence,
  forgetIdInSessions,
  forgetStreamInSession,
  observeInSession,
  observeManyInSessions,
  observeUnitsInSession,
  predictInSession,
  prepareInSession,
  prepareManyInSessions,
  probabilitiesInSession,
  sessionsInit,
  surpriseInSession,
} from "./calls";
