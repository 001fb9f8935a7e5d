// The visitor's own data: dropped anywhere, chosen, or pasted. It goes to the worker and nowhere else.
import type { Command, Message } from "../protocol.js";
import { byId } from "./dom.js";
import { count } from "./format.js";

/** More than that is not read: all of it is held as text, twice. */
const MOST_BYTES = 64 * 2 ** 20;

export class OwnData {
  readonly #paste = byId<HTMLTextAreaElement>("paste");
  readonly #button = byId<HTMLButtonElement>("paste-send");
  readonly #sample = byId<HTMLButtonElement>("sample");
  #ready = false;

  /**
   * @param sample opens the sample again
   * @param fault shows why something cannot be read
   */
  constructor(send: (command: Command) => void, sample: () => void, fault: (message: string) => void) {
    const take = async (file: File | undefined) => {
      if (file === undefined || !this.#ready) return;
      if (file.size > MOST_BYTES) fault(`${file.name} has ${count(file.size / 2 ** 20)} MiB; this page takes files of up to 64 MiB.`);
      else if (file.size === 0) fault(`${file.name} is empty.`);
      else {
        try {
          send({ type: "data", name: file.name, text: await file.text() });
        } catch (error) {
          fault(`${file.name} cannot be read: ${error instanceof Error ? error.message : error}`);
        }
      }
    };
    this.#paste.addEventListener("input", () => this.#update());
    byId("data").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#paste.value.trim() !== "") send({ type: "data", name: "pasted", text: this.#paste.value });
    });
    const picker = byId<HTMLInputElement>("file");
    picker.addEventListener("change", () => {
      void take(picker.files?.[0]);
      picker.value = "";
    });
    this.#sample.addEventListener("click", sample);
    takeDrops((transfer) => {
      const file = transfer.files[0];
      const text = transfer.getData("text/plain");
      if (file !== undefined) void take(file);
      else if (text.trim() !== "" && this.#ready) send({ type: "data", name: "dropped", text });
    });
  }

  enable(): void {
    this.#ready = true;
    this.#update();
  }

  #update(): void {
    this.#button.disabled = !this.#ready || this.#paste.value.trim() === "";
  }

  opened(source: "sample" | "own"): void {
    this.#sample.disabled = source === "sample";
    if (source === "sample") byId("read").textContent = "The sample is made by a seeded generator: nobody's data.";
  }

  read({ name, format, events, malformed, first }: Extract<Message, { type: "read" }>): string {
    const text = `${name}: ${count(events)} events read as ${format}${
      malformed === 0
        ? "."
        : `; ${count(malformed)} ${malformed === 1 ? "line" : "lines"} could not be read${first === undefined ? "." : `, first: ${first}`}`
    }`;
    byId("read").textContent = text;
    return text;
  }
}

/** The whole page takes what is dropped, and says so while something is held over it. */
function takeDrops(take: (transfer: DataTransfer) => void): void {
  const veil = byId("veil");
  const carries = (event: DragEvent) => event.dataTransfer?.types.some((type) => type === "Files" || type === "text/plain") === true;
  // The paste field takes dropped text itself.
  const own = (event: DragEvent) => event.target instanceof HTMLTextAreaElement && event.dataTransfer?.types.includes("Files") === false;
  addEventListener("dragover", (event) => {
    if (!carries(event) || own(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  addEventListener("drop", (event) => {
    veil.hidden = true;
    if (!carries(event) || own(event) || event.dataTransfer === null) return;
    event.preventDefault();
    take(event.dataTransfer);
  });
}
