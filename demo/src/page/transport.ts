// Play, pause, step, speed, the place in the run, and the seed.
import type { Command, Frame, Run } from "../protocol.js";
import { byId, write } from "./dom.js";
import { count } from "./format.js";

/** A generator has no end: the slider goes this far, and doubles when the run does. */
const LEAST_SPAN = 1000;

export class Transport {
  readonly #play = byId<HTMLButtonElement>("play");
  readonly #step = byId<HTMLButtonElement>("step");
  readonly #replay = byId<HTMLButtonElement>("replay");
  readonly #speed = byId<HTMLSelectElement>("speed");
  readonly #seek = byId<HTMLInputElement>("seek");
  readonly #seed = byId<HTMLInputElement>("seed");
  #playing = false;
  /** The visitor holds the slider: frames leave it alone. */
  #held = false;
  #span = LEAST_SPAN;
  #total: number | undefined;
  #ended = false;

  /**
   * @param reseed takes a new seed
   * @param fault shows why a seed cannot be
   */
  constructor(send: (command: Command) => void, reseed: (seed: number) => void, fault: (message: string) => void) {
    this.#play.addEventListener("click", () => {
      // At its end a run starts again.
      if (!this.#playing && this.#ended) send({ type: "seek", position: 0 });
      send(this.#playing ? { type: "pause" } : { type: "play", rate: this.rate });
    });
    this.#step.addEventListener("click", () => send({ type: "step", events: 1 }));
    this.#replay.addEventListener("click", () => {
      send({ type: "seek", position: 0 });
      send({ type: "play", rate: this.rate });
    });
    this.#speed.addEventListener("change", () => {
      if (this.#playing) send({ type: "play", rate: this.rate });
    });
    this.#seek.addEventListener("input", () => {
      this.#held = true;
      this.#tell(Number(this.#seek.value));
    });
    this.#seek.addEventListener("change", () => {
      this.#held = false;
      send({ type: "seek", position: Number(this.#seek.value) });
    });
    this.#seed.addEventListener("change", () => {
      if (this.#seed.validity.valid) reseed(Number(this.#seed.value));
      else fault(`Seed: ${this.#seed.validationMessage}`);
    });
  }

  /** In events a second. */
  get rate(): number {
    return Number(this.#speed.value);
  }

  enable(): void {
    for (const control of [this.#play, this.#step, this.#replay, this.#seek]) control.disabled = false;
  }

  opened(run: Run): void {
    if (document.activeElement !== this.#seed) this.#seed.value = String(run.seed);
    this.#span = LEAST_SPAN;
    this.#held = false;
  }

  draw({ position, total, playing }: Frame): void {
    if (playing !== this.#playing) {
      this.#playing = playing;
      write(this.#play, playing ? "Pause" : "Play");
    }
    while (this.#span < position) this.#span *= 2;
    this.#total = total;
    this.#ended = position === total;
    const most = String(total ?? this.#span);
    if (this.#seek.max !== most) this.#seek.max = most;
    if (this.#held) return;
    if (this.#seek.value !== String(position)) this.#seek.value = String(position);
    this.#tell(position);
  }

  #tell(position: number): void {
    const total = this.#total;
    const share = Math.min(1, position / Number(this.#seek.max));
    byId("seek-done").style.transform = `scaleX(${share})`;
    byId("seek-knob").style.transform = `translateX(${100 * share}%)`;
    write(byId("position"), total === undefined ? count(position) : `${count(position)} of ${count(total)}`);
  }
}
