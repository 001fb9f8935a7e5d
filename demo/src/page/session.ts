// The engine's side of the page: a worker that runs the stream, and what is known of the run it is in.
import type { Command, Frame, Message, Run } from "../protocol.js";

type Heard = { [T in Message["type"]]: (message: Extract<Message, { type: T }>) => void };

export class Session {
  readonly #worker: Worker;
  /** The run as the worker last told it; undefined until it is open. */
  run: Run | undefined;
  playing = false;
  /** Events of the source, or undefined for a generator without end. */
  total: number | undefined;
  /** Another run was asked for, and is not open yet: frames that come are of the way to it. */
  opening = true;

  constructor(heard: Heard, failed: (message: string) => void) {
    this.#worker = new Worker(new URL("../worker/main.js", import.meta.url), { type: "module", name: "mfn" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Message>) => {
      if (data.type === "opened") this.#opened(data.run);
      else if (data.type === "frame") this.#advanced(data.frame, data.run);
      else if (data.type === "failed") this.opening = false;
      (heard[data.type] as (message: Message) => void)(data);
    });
    this.#worker.addEventListener("error", (event) => failed(event.message || "The worker could not be loaded."));
    this.#worker.addEventListener("messageerror", () => failed("A message of the worker could not be read."));
  }

  send(command: Command): void {
    if (command.type === "open" || command.type === "data") this.opening = true;
    this.#worker.postMessage(command);
  }

  #opened(run: Run): void {
    this.run = run;
    this.opening = false;
    this.playing = false;
  }

  #advanced(frame: Frame, run: Omit<Run, "data">): void {
    // Frames do not carry the data: it is as it was opened.
    if (!this.opening) this.run = { ...run, data: this.run?.data };
    this.playing = frame.playing;
    this.total = frame.total;
  }
}
