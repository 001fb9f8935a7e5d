// The similarity index's module: the vector store, and the spiking population that finds its rows.

export * from "../../core/exports";
export * from "../store";
