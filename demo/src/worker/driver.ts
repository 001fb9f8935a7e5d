// Commands in, messages out: when the run goes on, and when a frame is sent. It knows neither the worker's global scope nor its timers.
import { MfnError } from "mfn";
import type { Command, Frame, Message, Run } from "../protocol.js";
import { defaultRun } from "../run.js";
import { Session } from "./session.js";
import { ownSource, type ReadData, readData, type Source, sampleSource } from "./source.js";

/** What the driver needs of its surroundings. */
export interface Surroundings {
  /** Sends a message; the buffers go along and are lost here. */
  post(message: Message, transfer: ArrayBuffer[]): void;
  /** Calls back after so many milliseconds, commands that came first. */
  later(callback: () => void, delay: number): void;
  /** Milliseconds. */
  now(): number;
}

/** Milliseconds of work before commands are looked at again: with the frame itself, less than a frame of a screen. */
const SLICE = 8;
/** Milliseconds from one turn to the next while a run plays and the page draws nothing, because it is hidden, say. */
const TURN = 33;
/** Samples of the times of calls that are taken where a replay ends: a link to a place shows them too. */
const SAMPLES = 60;
/** A run that cannot keep up leaves events out of its debt beyond so many milliseconds' worth. */
const MOST_DEBT = 250;
/** Texts longer than this are refused, in UTF-16 units: all events of a text are kept. */
const LONGEST_TEXT = 64 * 2 ** 20;

type CommandOf<Type extends Command["type"]> = Extract<Command, { type: Type }>;

export class Driver {
  readonly #out: Surroundings;
  #session: Session | undefined;
  #source: Source | undefined;
  /** What was read of the visitor's data, and which text it was. */
  #read: { name: string; text: string; data: ReadData } | undefined;
  /** Events a second while it plays; 0 while it does not. */
  #rate = 0;
  /** Events that are due. */
  #due = 0;
  #turned = 0;
  /** Where a seek, step or replay goes to; -1 without one. */
  #target = -1;
  /** The run that is being opened: told when it is there. */
  #opening: { note?: string } | undefined;
  /** Samples that are still to be taken of a run that stands, and whether that is still to come. */
  #samples = 0;
  #unmeasured = false;
  /** Something changed since the last frame, and whether the page waits for the next. */
  #dirty = false;
  #drawn = true;
  /** A turn is to come. */
  #pending = false;
  /** Frames sent, and the last version of the graph: they rise from run to run too. */
  #frames = 0;
  #version = 0;
  /** What the versions of this session's graph count from. */
  #before = 0;
  /** Rises with every run, so that what was begun for another ends. */
  #generation = 0;

  constructor(surroundings: Surroundings) {
    this.#out = surroundings;
  }

  /** Carries out a command; what goes wrong is told as `failed`. */
  command(command: Command): void {
    this.#guard(() => this.#carryOut(command), false);
  }

  #carryOut(command: Command): void {
    switch (command.type) {
      case "open":
        this.#open(command.run);
        return;
      case "data":
        this.#bring(command);
        return;
      case "play":
        this.#rate = Math.min(100_000, Math.max(0.01, Number(command.rate) || 1));
        this.#due = 0;
        this.#turned = this.#out.now();
        this.#dirty = true;
        break;
      case "pause":
        this.#rate = 0;
        this.#target = -1;
        this.#dirty = true;
        this.#opened();
        break;
      case "step":
        this.#rate = 0;
        if (this.#session !== undefined) this.#target = this.#session.run.position + Math.max(1, Math.floor(command.events));
        break;
      case "seek":
        this.#rate = 0;
        this.#seek(Math.max(0, Math.floor(command.position)));
        break;
      case "act":
        this.#session?.act(command.action);
        this.#dirty = true;
        break;
      case "ask": {
        if (this.#session !== undefined) this.#post({ type: "answer", text: command.text, ...this.#session.ask(command.text) });
        break;
      }
      case "drawn":
        this.#drawn = true;
        // At once, so that the next frame is there when the screen asks for it.
        if (this.#rate > 0 && this.#session !== undefined) this.#turn();
        break;
    }
    this.#wake();
  }

  /** A run from its beginning to its position. */
  #open(run: Run): void {
    this.#rate = 0;
    const { data } = run;
    if (run.source !== "own" || data === undefined) {
      const missing = run.source === "own" ? "The link does not hold its data: bring it again. This is the sample." : undefined;
      this.#begin(missing === undefined ? run : { ...run, source: "sample", position: 0, actions: [] }, sampleSource(run.seed), missing);
      return;
    }
    const instead = (why: string) => {
      this.#begin(
        { ...run, source: "sample", data: undefined, position: 0, actions: [] },
        sampleSource(run.seed),
        `${why} This is the sample.`,
      );
    };
    try {
      this.#readAll(data.name, data.text, (read) => {
        if (read.steps.length === 0) instead(`${data.name}: no event could be read.`);
        else this.#begin(run, ownSource(read));
      });
    } catch (error) {
      if (!(error instanceof MfnError)) throw error;
      instead(`${error.message}.`);
    }
  }

  /** The visitor's data: a new run over it. */
  #bring({ name, text }: CommandOf<"data">): void {
    this.#readAll(name, text, (read) => {
      const { report, steps } = read;
      const [first] = report.malformed;
      this.#post({
        type: "read",
        name,
        format: report.format,
        events: steps.length,
        malformed: report.malformedCount,
        ...(first === undefined ? {} : { first: `line ${first.line}: ${first.why}` }),
      });
      if (steps.length === 0) throw new MfnError("ERR_INPUT", `${name}: no event could be read`);
      const { seed, neurons, threshold, winners } = this.#session?.run ?? defaultRun();
      const run: Run = { seed, neurons, threshold, winners, source: "own", data: { name, text }, position: 0, actions: [] };
      this.#rate = 0;
      this.#begin(run, ownSource(read));
    });
  }

  /** Reads a text in slices. */
  #readAll(name: string, text: string, then: (read: ReadData) => void): void {
    if (this.#read?.text === text) {
      then(this.#read.data);
      return;
    }
    if (text.length > LONGEST_TEXT) {
      throw new MfnError("ERR_INPUT", `${name}: expected a text of at most ${LONGEST_TEXT >> 20} MiB, got ${text.length >> 20}`);
    }
    const generation = ++this.#generation;
    const reading = readData(name, text);
    const slice = () => {
      if (generation !== this.#generation) return;
      const until = this.#out.now() + SLICE;
      for (;;) {
        const { done, value } = reading.next();
        if (done === true) {
          this.#read = { name, text, data: value };
          then(value);
          return;
        }
        if (this.#out.now() >= until) break;
      }
      this.#out.later(() => this.#guard(slice, false), 0);
    };
    slice();
  }

  #begin(run: Run, source: Source, note?: string): void {
    this.#renew(run, source);
    this.#generation++;
    this.#source = source;
    this.#target = run.position;
    this.#opening = note === undefined ? {} : { note };
    this.#dirty = true;
    this.#wake();
  }

  /** Another session takes the place of the one before. If it cannot be, that one stays. */
  #renew(run: Run, source: Source): void {
    const session = new Session(run, source, () => this.#out.now());
    this.#session?.dispose();
    this.#session = session;
    this.#before = this.#version;
    this.#samples = 0;
    this.#unmeasured = true;
  }

  #seek(position: number): void {
    const session = this.#session;
    if (session === undefined || this.#source === undefined) return;
    if (position < session.run.position) {
      // Back is forward from the beginning.
      this.#renew(session.run, this.#source);
    }
    this.#target = position;
    this.#dirty = true;
  }

  #wake(): void {
    if (this.#pending || this.#session === undefined) return;
    if (this.#target < 0 && this.#rate === 0 && this.#samples === 0 && !(this.#dirty && this.#drawn)) return;
    this.#pending = true;
    const generation = this.#generation;
    this.#out.later(
      () => {
        this.#pending = false;
        if (generation === this.#generation) this.#guard(() => this.#turn());
        else this.#wake();
      },
      this.#target < 0 && this.#rate > 0 ? TURN : 0,
    );
  }

  /** Some work, and a frame if the page is ready for one. */
  #turn(): void {
    const session = this.#session as Session;
    const began = this.#out.now();
    if (this.#target >= 0) this.#replay(session, began);
    else if (this.#rate > 0) this.#play(session, began);
    else this.#measure(session, began);
    if (this.#dirty && this.#drawn) {
      session.measure();
      this.#send(session);
    }
    this.#wake();
  }

  #replay(session: Session, began: number): void {
    while (session.run.position < this.#target) {
      this.#dirty = true;
      if (!session.advance()) this.#target = session.run.position;
      else if (this.#out.now() - began >= SLICE) return;
    }
    this.#target = -1;
    if (this.#unmeasured && session.run.position > 0) {
      this.#samples = SAMPLES;
      this.#unmeasured = false;
    }
    this.#opened();
  }

  #measure(session: Session, began: number): void {
    while (this.#samples > 0 && this.#out.now() - began < SLICE) {
      session.measure();
      if (--this.#samples === 0) this.#dirty = true;
    }
  }

  #play(session: Session, began: number): void {
    this.#samples = 0;
    this.#unmeasured = false;
    this.#due = Math.min(this.#due + (this.#rate * (began - this.#turned)) / 1000, Math.max(1, (this.#rate * MOST_DEBT) / 1000));
    this.#turned = began;
    // Each turn has a frame: the times of calls, at least, have changed.
    this.#dirty = true;
    while (this.#due >= 1) {
      this.#due--;
      if (!session.advance()) {
        this.#rate = 0;
        return;
      }
      if (this.#out.now() - began >= SLICE) return;
    }
  }

  /** Tells that the run is open, once it has been replayed. */
  #opened(): void {
    if (this.#opening === undefined || this.#session === undefined) return;
    const { note } = this.#opening;
    this.#opening = undefined;
    this.#post({ type: "opened", run: this.#session.run, ...(note === undefined ? {} : { note }) });
    this.#dirty = true;
  }

  #send(session: Session): void {
    const frame = session.frame(this.#rate > 0);
    frame.number = ++this.#frames;
    frame.alm.version += this.#before;
    this.#version = frame.alm.version;
    const { data: _, ...run } = session.run;
    this.#dirty = false;
    this.#drawn = false;
    this.#out.post({ type: "frame", frame, run }, buffersOf(frame));
  }

  #post(message: Message): void {
    this.#out.post(message, []);
  }

  /** Tells what goes wrong. A command that cannot be leaves the run as it is; a run that cannot go on stands still. */
  #guard(work: () => void, stop = true): void {
    try {
      work();
    } catch (error) {
      if (stop) {
        this.#rate = 0;
        this.#target = -1;
      }
      const code = error instanceof MfnError ? error.code : error instanceof Error ? error.name : "unknown";
      this.#post({ type: "failed", code, message: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** The buffers of a frame, to be handed over instead of copied. */
function buffersOf(frame: Frame): ArrayBuffer[] {
  const { ifr, dsr, alm, cpe, latency } = frame;
  const arrays = [ifr.bits, dsr.offsets, dsr.ids, dsr.potentials, dsr.winners, alm.activation, alm.edges?.pairs, alm.edges?.weights];
  arrays.push(cpe.history.ours, cpe.history.naive, latency.edges, ...latency.rows.map(({ counts }) => counts));
  if (cpe.demand !== undefined) arrays.push(cpe.demand.values, cpe.demand.mean, cpe.demand.lower, cpe.demand.upper);
  return arrays.flatMap((array) => (array === undefined ? [] : [array.buffer as ArrayBuffer]));
}
