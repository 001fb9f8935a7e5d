// npm run screenshots: pictures of the page for the README, into demo/screenshots. A run of the sample, always the same one, at always the
// same event; only the times in the latency panel are those of this machine.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDemo } from "./demo/build.mjs";
import { launchChromium } from "./demo/chromium.mjs";
import { indexed } from "./demo/png.mjs";
import { serve } from "./demo/serve.mjs";

const folder = join(import.meta.dirname, "../demo/screenshots");
const POSITION = 900;
const RUN = `#v=1&seed=1&at=${POSITION}`;
const laptop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const shots = /** @type {const} */ ([
  { name: "light", colorScheme: "light", viewport: laptop },
  { name: "dark", colorScheme: "dark", viewport: laptop },
  { name: "phone", colorScheme: "light", viewport: phone },
]);
/** In bytes, all together. */
const BUDGET = 300_000;

const files = await mkdtemp(join(tmpdir(), "mfn-screenshots-"));
await buildDemo(files);
const server = await serve(files, 0);
const browser = await launchChromium();
try {
  await mkdir(folder, { recursive: true });
  let total = 0;
  for (const { name, ...options } of shots) {
    // Without motion nothing glides: what is drawn depends on the run alone.
    const context = await browser.newContext({ ...options, reducedMotion: "reduce", serviceWorkers: "block" });
    const page = await context.newPage();
    await page.goto(server.url + RUN);
    await page.locator("#position", { hasText: new RegExp(`^${POSITION}`) }).waitFor();
    await page.locator("#play", { hasText: "Play" }).waitFor();
    await page.locator("#cpe-next", { hasText: "%" }).waitFor();
    // Two frames: what came with the last message is then on the screen.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const path = join(folder, `${name}.png`);
    const picture = indexed(await page.screenshot());
    await writeFile(path, picture);
    total += picture.length;
    console.log(`demo/screenshots/${name}.png  ${picture.length} bytes`);
    await context.close();
  }
  console.log(`in all ${total} bytes${total > BUDGET ? `: more than ${BUDGET}` : ""}`);
  if (total > BUDGET) process.exitCode = 1;
} finally {
  await browser.close();
  await server.close();
  await rm(files, { recursive: true, force: true });
}
