// The page: commands go to the worker, frames come back, and each is drawn once the screen is ready for it.
import type { Command, Frame, Message, Run } from "../protocol.js";
import { defaultRun } from "../run.js";
import { Address } from "./address.js";
import { AlmPanel } from "./alm-panel.js";
import { Ask } from "./ask.js";
import { CpePanel } from "./cpe-panel.js";
import { byId, reducedMotion, write } from "./dom.js";
import { DsrPanel } from "./dsr-panel.js";
import { count } from "./format.js";
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

/** Where a run stands that does not start by itself: far enough for every panel to have something to show. */
const STILL = 400;
/** Words for those who do not see the canvases are renewed this often. */
const SUMMARY = 3000; // ms

startTheme();
const pace = new Pace();
const reservoir = new DsrPanel();
const panels: Panel[] = [
  new StreamPanel(),
  new IfrPanel(),
  reservoir,
  new AlmPanel((key) => remove(key), wake),
  new CpePanel(),
  new LatencyPanel(),
];
const session = new Session({ opened, frame, answer, read, failed }, fault);
const send = (command: Command) => {
  hideFault();
  session.send(command);
};
const transport = new Transport(send, (seed) => open({ ...(session.run ?? defaultRun()), seed, position: 0, actions: [] }), fault);
const settings = new Settings(send, say, fault);
const ask = new Ask(send);
const ownData = new OwnData(send, () => open({ ...defaultRun(), seed: session.run?.seed ?? defaultRun().seed }), fault);
const address = new Address(() => void arrive());

/** The run that is being opened is to be played: unless a link says where to stand, or the visitor wants rest. */
let playNext = false;
/** What of a link could not be used. */
let broken: string | undefined;
/** What was read of the visitor's data, until its run is open. */
let told: string | undefined;
/** The next frame is the first of another run. */
let fresh = true;
let enabled = false;

function open(run: Run, play = !reducedMotion()): void {
  playNext = play;
  fresh = true;
  send({ type: "open", run });
}

/** Opens the run of the address, or the first one. */
async function arrive(): Promise<void> {
  const link = await address.read();
  broken = link?.note;
  if (link === undefined) open({ ...defaultRun(), position: reducedMotion() ? STILL : 0 });
  // A link says where the run stands: there it is shown, and goes on when the visitor says so.
  else open(link.run, link.run.position === 0 && !reducedMotion());
}

function opened({ run, note = broken }: Extract<Message, { type: "opened" }>): void {
  renew();
  broken = undefined;
  ask.reset();
  ownData.opened(run.source);
  transport.opened(run);
  settings.draw(run);
  if (!enabled) {
    enabled = true;
    for (const control of [transport, settings, ask, ownData]) control.enable();
    byId<HTMLButtonElement>("copy").disabled = false;
  }
  const name = run.source === "sample" ? "The sample" : (run.data?.name ?? "Your data");
  const open = playNext ? `${name} is open.` : `${name} at event ${count(run.position)}: Play goes on.`;
  say(note ?? told ?? open);
  told = undefined;
  address.keep(run, true);
  if (playNext) send({ type: "play", rate: transport.rate });
  playNext = false;
}

/** Forgets what was gathered of another run. */
function renew(): void {
  if (!fresh) return;
  fresh = false;
  position = -1;
  for (const panel of panels) panel.reset();
}

let pending: Frame | undefined;
let position = -1;
let playing = false;
/** Whose turn it is to show the frame's texts: a panel's, or the controls'. */
let turn = 0;
let painted = 0;
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
  if (next !== undefined) {
    // Before it is drawn: the worker makes the next one meanwhile.
    session.send({ type: "drawn" });
    take(next);
  }
  let moving = false;
  painted++;
  panels.forEach((panel, i) => {
    // What glides and glows does so thirty times a second while it plays, half of the panels at a time: the reservoir alone has all frames.
    const waits = playing && panel !== reservoir && (painted + i) % 2 === 0;
    moving = waits || panel.paint(now) || moving;
  });
  if (next !== undefined && next.cpe.next.length > 0) pace.answered();
  pace.painted(now, performance.now() - began, session.playing);
  if (moving) wake();
}

function take(next: Frame): void {
  fresh ||= next.position < position;
  // While it plays, each frame writes one panel's texts: nobody reads sixty a second.
  const all = fresh || position < 0 || !next.playing || !playing;
  renew();
  position = next.position;
  playing = next.playing;
  for (const panel of panels) panel.draw(next);
  ask.offer(next.events);
  turn = (turn + 1) % (panels.length + 1);
  panels.forEach((panel, i) => {
    if (all || i === turn) panel.show(next);
  });
  if (all || turn === panels.length) {
    transport.draw(next);
    ask.draw();
    if (session.run !== undefined && !session.opening) settings.draw(session.run);
  }
  if (!next.playing) summarise();
  if (session.run === undefined || session.opening) return;
  address.keep(session.run, !next.playing);
}

function answer(message: Extract<Message, { type: "answer" }>): void {
  ask.show(message);
  const best = message.rows[0];
  say(best === undefined ? "No answer." : `Best answer: ${best.key}.`);
}

function read(message: Extract<Message, { type: "read" }>): void {
  playNext = !reducedMotion();
  fresh = true;
  told = ownData.read(message);
}

function failed({ code, message }: Extract<Message, { type: "failed" }>): void {
  // The run before it goes on.
  playNext = false;
  fresh = false;
  told = undefined;
  fault(`${message} (${code})`);
}

function remove(key: string): void {
  send({ type: "act", action: { kind: "remove", key } });
  say(`${key} is removed: the engine has forgotten it.`);
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

function summarise(): void {
  if (document.hidden) return;
  for (const panel of panels) {
    const summary = panel.summary();
    if (summary !== undefined) write(byId(summary.id), summary.text);
  }
  pace.show();
}
setInterval(summarise, SUMMARY);

void arrive();
