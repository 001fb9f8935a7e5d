// The worker: the engine and all that is shown of it run here, beside the page.
import type { Command } from "../protocol.js";
import { Driver } from "./driver.js";

// The page's types are loaded, which take `self` for a window.
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Command>) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
};

/** What is to be done next: a channel is asked, as timers wait for at least 4 ms where they follow each other. */
const next: Array<() => void> = [];
const { port1, port2 } = new MessageChannel();
port1.onmessage = () => next.shift()?.();

const driver = new Driver({
  post: (message, transfer) => scope.postMessage(message, transfer),
  later(callback, delay) {
    if (delay > 0) setTimeout(callback, delay);
    else {
      next.push(callback);
      port2.postMessage(0);
    }
  },
  now: () => performance.now(),
});
scope.onmessage = ({ data }) => driver.command(data);
