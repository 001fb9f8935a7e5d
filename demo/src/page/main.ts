// The page: commands go to the worker, frames come back, and each is drawn once the screen is ready for it.
import type { Command, Frame, Message, Run } from "../protocol.js";
import { Address } from "./address.js";
import { AlmPanel } from "./alm-panel.js";
import { Ask } from "./ask.js";
import { CpePanel } from "./cpe-panel.js";
import { byId, reducedMotion, write } from "./dom.js";
import { DsrPanel } from "./dsr-panel.js";
import { IfrPanel } from "./ifr-panel.js";
import { LatencyPanel } from "./latency-panel.js";
import { OwnData } from "./own-data.js";
import { Pace } from "./pace.js";
import type { Panel } from "./panel.js";
import { Session } from "./session.js";
import { Settings } from "./settings.js";
import { StreamPanel } from "./stream-panel.js";
import { onStale } from "./surface.js";
import { startTheme } from "./theme.js";
import { Transport } from "./transport.js";

/** The run of whoever comes without a link. */
const FIRST: Run = { seed: 1, source: "sample", neurons: 4096, threshold: 15, winners: 64, position: 0, actions: [] };
/** Where a run stands that does not start by itself: far enough for every panel to have something to show. */
const STILL = 400;
/** Words for those who do not see the canvases are renewed this often. */
const SUMMARY = 3000; // ms

startTheme();
const pace = new Pace();
const stream = new StreamPanel();
const panels: Panel[] = [
  stream,
  new IfrPanel(),
  new DsrPanel(),
  new AlmPanel((key) => send({ type: "act", action: { kind: "remove", key } }), wake),
  new CpePanel(),
  new LatencyPanel(),
];
const session = new Session({ opened, frame, answer, read, failed }, fault);
const send = (command: Command) => {
  hideFault();
  session.send(command);
};
const transport = new Transport(send, (seed) => open({ ...(session.run ?? FIRST), seed, position: 0, actions: [] }));
const settings = new Settings(send);
const ask = new Ask(send);
const ownData = new OwnData(send, () => open({ ...FIRST, seed: session.run?.seed ?? FIRST.seed }), fault);
const address = new Address(() => void arrive());

/** What comes next is to be played: unless a link says where to stand, or the visitor wants rest. */
let playNext = false;
let enabled = false;

function open(run: Run): void {
  playNext = !reducedMotion();
  send({ type: "open", run });
}

/** Opens the run of the address, or the first one. */
async function arrive(): Promise<void> {
  try {
    const run = await address.read();
    if (run === undefined) open(reducedMotion() ? { ...FIRST, position: STILL } : FIRST);
    else {
      // A link says where the run stands: there it is shown, and goes on when the visitor says so.
      playNext = run.position === 0 && !reducedMotion();
      send({ type: "open", run });
    }
  } catch (error) {
    open(FIRST);
    fault(`The link cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function opened({ run, note }: Extract<Message, { type: "opened" }>): void {
  for (const panel of panels) panel.reset();
  ask.reset();
  pending = undefined;
  position = -1;
  ownData.opened(run.source);
  transport.opened(run);
  settings.draw(run);
  if (!enabled) {
    enabled = true;
    for (const control of [transport, settings, ask, ownData]) control.enable();
    byId<HTMLButtonElement>("copy").disabled = false;
  }
  say(note ?? (run.source === "sample" ? `The sample with seed ${run.seed} is open.` : `${run.data?.name ?? "Your data"} is open.`));
  address.keep(run, true);
  if (playNext) send({ type: "play", rate: transport.rate });
  playNext = false;
}

let pending: Frame | undefined;
let position = -1;
let scheduled = false;

function frame({ frame: next }: Extract<Message, { type: "frame" }>): void {
  pending = next;
  wake();
}

function wake(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(paint);
}
onStale(wake);

function paint(now: number): void {
  scheduled = false;
  const began = performance.now();
  const next = pending;
  pending = undefined;
  if (next !== undefined) take(next);
  let moving = false;
  for (const panel of panels) moving = panel.paint(now) || moving;
  if (next !== undefined) {
    session.send({ type: "drawn" });
    if (next.cpe.next.length > 0) pace.answered();
  }
  pace.painted(now, performance.now() - began, session.playing);
  if (moving) wake();
}

function take(next: Frame): void {
  if (next.position < position) for (const panel of panels) panel.reset();
  position = next.position;
  for (const panel of panels) panel.draw(next);
  transport.draw(next);
  ask.offer(next.events.map(({ key }) => key));
  if (session.run === undefined) return;
  settings.draw(session.run);
  address.keep(session.run, !next.playing);
}

function answer(message: Extract<Message, { type: "answer" }>): void {
  ask.show(message);
  const best = message.rows[0];
  say(best === undefined ? "No answer." : `Best answer: ${best.key}.`);
}

function read(message: Extract<Message, { type: "read" }>): void {
  playNext = !reducedMotion();
  say(ownData.read(message));
}

function failed({ code, message }: Extract<Message, { type: "failed" }>): void {
  fault(`${message} (${code})`);
}

/** Tells what the visitor's last action led to. */
function say(text: string): void {
  write(byId("status"), text);
}

function fault(message: string): void {
  const element = byId("fault");
  element.hidden = false;
  element.textContent = message;
  if (!enabled) say("The engine did not start.");
}

function hideFault(): void {
  byId("fault").hidden = true;
}

byId("copy").addEventListener("click", async () => {
  const link = await address.write();
  try {
    await navigator.clipboard.writeText(link);
    say("The link is copied: it brings back this run, to this event.");
  } catch {
    say("The link is in the address bar: the browser does not let it be copied from here.");
  }
});

setInterval(() => {
  if (document.hidden) return;
  for (const panel of panels) {
    const summary = panel.summary();
    if (summary !== undefined) write(byId(summary.id), summary.text);
  }
  pace.show();
}, SUMMARY);

void arrive();
