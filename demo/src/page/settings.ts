// The reservoir's settings, and the anomaly: what a visitor does to a run while it goes on.
import type { Command, Run } from "../protocol.js";
import { LIMITS, settingsOf } from "../run.js";
import { byId } from "./dom.js";

const names = ["neurons", "threshold", "winners"] as const;

export class Settings {
  readonly #anomaly = byId<HTMLButtonElement>("anomaly");

  /**
   * @param say tells what was done
   * @param fault shows why something cannot be
   */
  constructor(send: (command: Command) => void, say: (text: string) => void, fault: (message: string) => void) {
    this.#anomaly.addEventListener("click", () => {
      send({ type: "act", action: { kind: "anomaly" } });
      say("Strange events come next.");
    });
    byId("change").addEventListener("submit", (event) => event.preventDefault());
    for (const name of names) {
      const field = byId<HTMLInputElement | HTMLSelectElement>(name);
      field.addEventListener("change", () => {
        const label = field.labels?.[0]?.textContent?.trim().split("\n")[0] ?? name;
        if (!field.validity.valid) {
          fault(`${label}: ${field.validationMessage}`);
          return;
        }
        send({ type: "act", action: { kind: name, value: Number(field.value) } });
        say(`The reservoir is made anew. ${label}: ${field.value}.`);
      });
    }
  }

  enable(): void {
    this.#anomaly.disabled = false;
  }

  /** Shows what the run has, but where the visitor is at it. */
  draw(run: Omit<Run, "data">): void {
    const held = settingsOf(run);
    for (const name of names) {
      const field = byId<HTMLInputElement | HTMLSelectElement>(name);
      const value = String(held[name]);
      if (document.activeElement === field || field.value === value) continue;
      // A link may have a number of neurons that the list does not.
      if (field instanceof HTMLSelectElement && ![...field.options].some((option) => option.value === value)) field.add(new Option(value));
      field.value = value;
    }
    const most = String(Math.min(held.neurons, LIMITS.winners.most));
    const winners = byId<HTMLInputElement>("winners");
    if (winners.max !== most) winners.max = most;
  }
}
