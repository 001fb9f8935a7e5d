// The DSR module that the engine carries: the vector store with its exact search.

export * from "../core/exports";
export * from "./store";
