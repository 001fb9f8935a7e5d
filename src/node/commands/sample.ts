import { once } from "node:events";
import { logLine, type ShopOptions, shopLog } from "mfn/samples";

/** Lines written at once. */
const BATCH = 256;

/** Writes the access log of a shop that does not exist, as fast as it is taken. */
export async function printAccessLog(options: ShopOptions, stdout: NodeJS.WritableStream, signal?: AbortSignal): Promise<void> {
  let lines = "";
  let n = 0;
  const flush = async () => {
    signal?.throwIfAborted();
    if (!stdout.write(lines)) await once(stdout, "drain", { signal });
    lines = "";
  };
  for (const event of shopLog(options)) {
    lines += `${logLine(event)}\n`;
    if (++n % BATCH === 0) await flush();
  }
  if (lines !== "") await flush();
}
