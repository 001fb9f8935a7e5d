// Elements by id, and small helpers that keep the page from moving: what is written into it never changes the place of anything else.

/** The element of this id; the page always has it. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html has no #${id}`);
  return found as T;
}

/** Writes text where it differs: equal text costs no layout. */
export function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A new element with a class and text. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  if (text !== "") element.textContent = text;
  return element;
}

/** Whether the visitor asked for less motion; read anew each time, as it may change. */
const calm = matchMedia("(prefers-reduced-motion: reduce)");
export const reducedMotion = (): boolean => calm.matches;
