// An HTTP proxy that fetches the next request of each client ahead: what is likely enough, as the requests before have taught it. The server
// behind it packs sections of this repository's documentation with Brotli, anew for each request; visitors follow links, mostly to the next one.
//   npm run build && node examples/prefetch-proxy.mjs
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompressSync } from "node:zlib";
import { Mfn } from "mfn";
import { IfrCache } from "mfn/ifr";

const listen = (server) => new Promise((done) => server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${server.address().port}`)));
async function get(url, headers) {
  const response = await fetch(url, headers && { headers });
  return response.ok ? Buffer.from(await response.arrayBuffer()) : Promise.reject(new Error(`${url}: ${response.status}`));
}

/** The proxy: fetches ahead what follows a request with probability `least` or more; with 2 it only caches. */
async function createProxy(origin, { least, maxEntries }) {
  const mfn = await Mfn.create();
  const cache = await IfrCache.create({ maxEntries, ttl: 60_000 });
  const counts = { requests: 0, hits: 0, fetched: 0 };
  function load(path) {
    counts.fetched++;
    const body = get(origin + path);
    cache.set(path, body); // the promise of it: whoever asks meanwhile waits for the same load
    body.catch(() => cache.delete(path) && mfn.forget(path)); // what cannot be had is not fetched ahead again
    return body;
  }
  const server = createServer(({ url: path, headers, socket }, response) => {
    const client = headers["x-client"] ?? socket.remoteAddress; // or a cookie; and pass on what is not a GET
    counts.requests++;
    if (cache.has(path)) counts.hits++; // there, or on its way
    (cache.get(path) ?? load(path)).then(response.end.bind(response), () => response.writeHead(502).end());
    mfn.observe(client, path);
    for (const { key, probability } of mfn.recall({ stream: client }, { k: 3, evidence: false }).results) {
      if (probability < least || cache.has(key)) continue;
      load(key);
      cache.get(key); // counts as a use: SIEVE drops first what nobody has used
    }
  });
  return { server, counts };
}

const docs = new URL("../docs/", import.meta.url);
const pages = readdirSync(docs).filter((name) => name.endsWith(".md"));
pages.sort(); // not every runtime does
const sectionsOf = (page) => readFileSync(new URL(page, docs), "utf8").split(/\n(?=## )/);
const texts = pages.flatMap((page) => sectionsOf(page).map((text, i) => [`/${page}/${i}`, text]));
const sections = new Map(texts.map(([path, text], i) => [path, `[next](${texts[(i + 1) % texts.length][0]})\n${text}`]));
const pack = promisify(brotliCompress);
const send = (response, known) => (body) => response.writeHead(known ? 200 : 404).end(body);
const upstream = createServer(({ url }, response) => pack(sections.get(url) ?? "").then(send(response, sections.has(url))));

/** Eight visitors take turns; each follows a link of the section it reads, mostly the first one. They walk the same ways each time. */
async function visit(origin, turns) {
  const places = new Array(8).fill("/engine.md/0");
  let [waited, seed] = [0, 1];
  for (let i = 0; i < turns * places.length; i++) {
    const visitor = i % places.length;
    if (visitor === 0) await setTimeout(10); // they read
    const began = performance.now();
    const text = brotliDecompressSync(await get(origin + places[visitor], { "x-client": `visitor ${visitor}` })).toString();
    waited += performance.now() - began;
    seed = (seed * 48_271) % 2_147_483_647; // Park and Miller 1988
    const links = [...text.matchAll(/\]\(\/?([\w-]+\.md)(\/\d+)?\)/g)].map(([, page, section]) => `/${page}${section ?? "/0"}`);
    places[visitor] = links[Math.floor((seed / 2_147_483_647) ** 4 * links.length)];
  }
  return waited;
}

const origin = await listen(upstream);
for (const [name, least] of Object.entries({ "without prefetching": 2, "with prefetching": 0.3 })) {
  const { server, counts } = await createProxy(origin, { least, maxEntries: 24 });
  const waited = await visit(await listen(server), 100);
  const each = (amount) => (amount / counts.requests).toFixed(2);
  console.log(`${name}: ${each(100 * counts.hits)} % hits, ${each(counts.fetched)} fetches and ${each(waited)} ms of waiting a request`);
  server.close().closeAllConnections();
}
upstream.close().closeAllConnections();
