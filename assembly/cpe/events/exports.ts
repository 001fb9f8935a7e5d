// What a module with the event model exports of it.

export {
  contextCounts,
  endSession,
  eventStats,
  forgetId,
  forgetStream,
  historyOf,
  observe,
  observeMany,
  predict,
  prepare,
  prepareMany,
  probabilities,
  surpriseOf,
} from "./events";
