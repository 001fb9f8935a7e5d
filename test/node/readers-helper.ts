import type { Operation } from "mfn";
import type { Reader, ReadReport } from "../../src/node/readers/index.js";

/** All operations of a reader, vectors as plain arrays so that they compare by value. */
export async function take(reader: Reader): Promise<Operation[]> {
  const operations: Operation[] = [];
  for await (const operation of reader.operations()) operations.push(operation);
  return operations;
}

/** Operations in one line each, without vectors: what a test compares. */
export function brief(operations: readonly Operation[]): string[] {
  return operations.map((operation) => {
    switch (operation.op) {
      case "remember":
        return `remember ${operation.key}${operation.vector ? " +vector" : ""}${(operation.links ?? []).map(({ to }) => ` ->${to}`).join("")}`;
      case "observe":
        return `observe ${operation.stream}: ${operation.key}`;
      case "link":
        return `link ${operation.type} ${operation.from} -> ${operation.to} ${operation.reinforce ? "+=" : "="} ${operation.weight?.toFixed(3)}`;
      case "record":
        return `record ${operation.series} ${new Date(operation.at ?? Number.NaN).toISOString()} ${operation.value}`;
      default:
        return `forget ${operation.key}`;
    }
  });
}

/** The reasons of a report's malformed lines, as "line: why". */
export function reasons(report: ReadReport): string[] {
  return report.malformed.map(({ line, why }) => `${line}: ${why}`);
}

/** A line in Combined Log Format. */
export function logLine(
  parts: { client?: string; at?: string; request?: string; status?: number; referrer?: string; agent?: string } = {},
): string {
  const {
    client = "10.0.0.1",
    at = "10/Oct/2023:13:55:36 +0000",
    request = "GET /a HTTP/1.1",
    status = 200,
    referrer = "-",
    agent = "Mozilla/5.0",
  } = parts;
  return `${client} - - [${at}] "${request}" ${status} 123 "${referrer}" "${agent}"`;
}

/** The error that a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
