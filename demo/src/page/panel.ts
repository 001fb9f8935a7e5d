import type { Frame } from "../protocol.js";

/** One panel of the page. All that it shows it has from frames. */
export interface Panel {
  /** Takes a frame, each one: what it brings of what goes on, as events and spikes, is in no other. */
  draw(frame: Frame): void;
  /** Writes the texts and charts of the frame that was just taken; some frames only, as they cost more than they can be read. */
  show(frame: Frame): void;
  /** Draws what goes on between frames, and what a new size or new colours made stale. @returns whether it goes on moving. */
  paint(now: number): boolean;
  /** A new run, or an earlier place of it: forgets what it gathered. */
  reset(): void;
  /** What is to be seen, in words, and the id of the element that takes them. */
  summary(): { id: string; text: string } | undefined;
}
