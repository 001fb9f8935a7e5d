export * from "../../core/exports";
