// Runs the smoke program where modules may be compiled from what is embedded: Node, Deno, Bun, and a page of a browser.
import { smoke } from "./smoke.mjs";

const { document: page, Image } = /** @type {any} */ (globalThis);
if (page) {
  page.body.textContent = await smoke().catch((error) => `${error.stack ?? error}`);
  // Tells the server of the page that it may be taken as it is.
  new Image().src = "/done";
} else console.log(await smoke());
