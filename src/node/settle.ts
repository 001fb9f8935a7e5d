/**
 * Waits until the compiler's threads are likely done. Node may hang for ever when it ends while one of them waits for a garbage
 * collection that only the main thread can do (Node's issue 54918; here 1 of 100 short runs on a busy machine): it does it as long as
 * the event loop turns.
 */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30));
}
