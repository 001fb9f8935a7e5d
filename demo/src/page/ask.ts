// Questions, and answers with what each layer had to say for them.
import type { AnswerRow, Command, EventRow, Message } from "../protocol.js";
import { byId, make, write } from "./dom.js";
import { microseconds, percent } from "./format.js";

const layerNames = { ifr: "IFR", dsr: "DSR", alm: "ALM", cpe: "CPE" } as const;

/** Answers whose evidence is seen at once. */
const OPEN = 2;
/** Keys that the field completes. */
const MOST_OFFERED = 200;

export class Ask {
  readonly #question = byId<HTMLInputElement>("question");
  /** Buttons that ask: by a key, by a stream, in words. */
  readonly #examples = ["ask-key", "ask-stream", "ask-words"].map((id) => byId<HTMLButtonElement>(id));
  readonly #offered = new Set<string>();
  /** Those of it that are not in the list yet. */
  readonly #options: HTMLElement[] = [];
  #last: EventRow | undefined;
  readonly #introduction = [...byId("answers").childNodes];

  constructor(send: (command: Command) => void) {
    const ask = (text: string) => send({ type: "ask", text });
    byId("ask").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#question.value.trim();
      if (text !== "") ask(text);
    });
    for (const example of this.#examples) {
      example.addEventListener("click", () => {
        this.#question.value = example.textContent ?? "";
        ask(this.#question.value);
      });
    }
  }

  enable(): void {
    byId<HTMLButtonElement>("ask-send").disabled = false;
    for (const example of this.#examples) example.disabled = false;
  }

  /** Takes what came as something to be asked for. */
  offer(events: EventRow[]): void {
    for (const { key } of events) {
      if (this.#offered.has(key) || this.#offered.size >= MOST_OFFERED) continue;
      this.#offered.add(key);
      const option = make("option");
      option.value = key;
      this.#options.push(option);
    }
    this.#last = events.at(-1) ?? this.#last;
  }

  /** Offers it. */
  draw(): void {
    if (this.#options.length > 0) byId("keys").append(...this.#options.splice(0));
    const last = this.#last;
    // Not while one of them is about to be pressed.
    if (last === undefined || this.#examples.some((example) => example.matches(":hover, :focus"))) return;
    const words = (last.key.match(/[\p{L}\p{N}]{3,}/gu) ?? []).filter((word) => word !== word.toUpperCase());
    [last.key, last.stream, words.join(" ") || last.key].forEach((text, i) => {
      write(this.#examples[i]!, text);
    });
  }

  reset(): void {
    this.#offered.clear();
    this.#options.length = 0;
    this.#last = undefined;
    byId("keys").replaceChildren();
    byId("answers").replaceChildren(...this.#introduction);
  }

  show({ text, rows, elapsed, escape }: Extract<Message, { type: "answer" }>): void {
    const head = make("p", "note number");
    head.dataset["testid"] = "answer-head";
    head.textContent =
      rows.length === 0
        ? `“${text}”: nothing is known of that.`
        : `“${text}”: ${rows.length === 1 ? "one answer" : `${rows.length} answers`} in ${microseconds(elapsed * 1000)}${escape === undefined ? "" : `; something else with ${percent(escape)}`}.`;
    byId("answers").replaceChildren(head, ...rows.map((row, i) => answer(row, i)));
    byId("answers").scrollTop = 0;
  }
}

function answer({ key, probability, similarity, why }: AnswerRow, i: number): HTMLElement {
  const element = make("details");
  element.dataset["testid"] = `answer-${i}`;
  element.open = i < OPEN;
  const title = make("summary");
  title.append(
    make("span", "", key),
    make(
      "span",
      "number",
      probability !== undefined ? percent(probability) : similarity !== undefined ? `${similarity.toFixed(2)} alike` : "led to",
    ),
  );
  const reasons = make("ul");
  for (const { layer, contribution, text } of why) {
    const item = make("li");
    item.append(make("b", "", layerNames[layer]));
    const share = make("span", "number");
    if (contribution !== undefined) {
      share.textContent = `${contribution < 0 ? "−" : "+"}${Math.abs(contribution).toFixed(2)}`;
      share.title = "nats that the layer contributed";
    }
    item.append(share, make("span", "", text));
    reasons.append(item);
  }
  element.append(title, reasons);
  return element;
}
