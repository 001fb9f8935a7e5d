// npm run demo -- --measure: what the page costs its visitor, in a headless Chromium of this machine: what is fetched before the first
// answer, how long that takes from navigation, and frames a second while the stream runs.
import { launchChromium } from "./chromium.mjs";

const LOADS = 5;
/** Events a second, as the page's select has them, and how long each is watched, in milliseconds. */
const SPEEDS = ["10", "200", "1000"];
const WATCHED = 5000;

/** @param {string} url of the served page */
export async function measureDemo(url) {
  const browser = await launchChromium();
  try {
    console.log(
      `\nChromium ${browser.version()}, headless, 1440 x 900, ${process.platform} ${process.arch}; no service worker, nothing cached`,
    );
    const loads = [];
    for (let i = 0; i < LOADS; i++) loads.push(await firstAnswer(browser, url));
    const times = loads.map(({ time }) => time).sort((a, b) => a - b);
    console.log(`fetched before the first answer: ${loads[0].bytes} bytes in ${loads[0].files} files, compressed, without headers`);
    console.log(
      `navigation to first answer: median ${times[LOADS >> 1].toFixed(0)} ms of ${LOADS} loads, ${times[0].toFixed(0)} to ${times[LOADS - 1].toFixed(0)} ms`,
    );
    await frames(browser, url);
  } finally {
    await browser.close();
  }
}

/** @param {import("playwright-core").Browser} browser @param {string} url */
async function firstAnswer(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
  try {
    const page = await context.newPage();
    let bytes = 0;
    let files = 0;
    context.on("response", async (response) => {
      bytes += Number(response.headers()["content-length"] ?? 0);
      files++;
    });
    await page.goto(url);
    // The first prediction with its probability stands in the list.
    const time = await page.waitForFunction(
      () => /\d/.test(document.getElementById("cpe-next")?.textContent ?? "") && performance.now(),
      null,
      {
        polling: "raf",
      },
    );
    return { time: Number(await time.jsonValue()), bytes, files };
  } finally {
    await context.close();
  }
}

/** @param {import("playwright-core").Browser} browser @param {string} url */
async function frames(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
  try {
    const page = await context.newPage();
    await page.goto(url);
    const play = page.locator("#play");
    await page.waitForFunction(() => !(/** @type {HTMLButtonElement} */ (document.getElementById("play")).disabled));
    if ((await play.textContent())?.trim() === "Play") await play.click();
    await page.locator("#play", { hasText: "Pause" }).waitFor();
    const neurons = await page.locator("#neurons").inputValue();
    const position = async () => Number((await page.locator("#position").textContent())?.replaceAll(",", "").split(" ")[0]);
    for (const speed of SPEEDS) {
      await page.locator("#speed").selectOption(speed);
      const before = await position();
      const { count, longest, time } = await page.evaluate(watch, WATCHED);
      const events = (await position()) - before;
      if (events <= 0) throw new Error("the stream stood still");
      const [perSecond, toldByPage] = [(1000 * events) / time, await page.locator("#fps").textContent()];
      console.log(
        `${neurons} neurons, ${speed} events a second asked for, ${perSecond.toFixed(0)} had: ${((1000 * count) / time).toFixed(1)} frames a second, longest ${longest.toFixed(0)} ms; the page says ${toldByPage?.trim()}`,
      );
    }
  } finally {
    await context.close();
  }
}

/** Runs in the page: frames for so long, and the longest wait for one. @param {number} milliseconds */
function watch(milliseconds) {
  return /** @type {Promise<{ count: number, longest: number, time: number }>} */ (
    new Promise((resolve) => {
      const from = performance.now();
      let last = from;
      let count = 0;
      let longest = 0;
      const next = () => {
        const now = performance.now();
        count++;
        longest = Math.max(longest, now - last);
        last = now;
        if (now - from >= milliseconds) resolve({ count, longest, time: now - from });
        else requestAnimationFrame(next);
      };
      requestAnimationFrame(next);
    })
  );
}
