// The service worker: the files of this build are kept at the first visit, and come from there ever after. A build's files belong
// together, so a new build waits until no page of the old one is open; a reload of the only open page counts as that.

/** Paths of all files of the build, relative to this one. */
declare const __FILES__: string[];
/** A hash of their content. */
declare const __BUILD__: string;

const scope = globalThis as unknown as ServiceWorkerGlobalScope;
const PREFIX = "mfn-demo-";
// Other copies of the demo may be on the same host in other folders: each has its own caches.
const family = `${PREFIX}${scope.registration.scope} `;
const cacheName = family + __BUILD__;

scope.addEventListener("install", (event) => {
  event.waitUntil(
    // Past the browser's own cache, which may still have files of another build.
    caches.open(cacheName).then((cache) => cache.addAll(__FILES__.map((path) => new Request(path, { cache: "reload" })))),
  );
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name.startsWith(family) && name !== cacheName).map((name) => caches.delete(name))),
      )
      .then(() => scope.clients.claim()),
  );
});

scope.addEventListener("message", (event) => {
  if (event.data === "activate") event.waitUntil(scope.skipWaiting());
});

scope.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !url.href.startsWith(scope.registration.scope)) return;
  event.respondWith(answer(event.request, url));
});

async function answer(request: Request, url: URL): Promise<Response> {
  const path = url.pathname.endsWith("/") ? `${url.origin}${url.pathname}index.html` : url.href;
  const kept = (name: string) => caches.match(path, { cacheName: name, ignoreSearch: true, ignoreVary: true });
  const { waiting } = scope.registration;
  if (request.mode === "navigate" && waiting !== null && (await scope.clients.matchAll()).length < 2) {
    // The last one: a build that came in between and never ran may have left its own.
    const next = (await caches.keys()).filter((name) => name.startsWith(family) && name !== cacheName).at(-1);
    const page = next && (await kept(next));
    waiting.postMessage("activate");
    if (page) return page;
  }
  return (await kept(cacheName)) ?? (await fromOthers(kept)) ?? fetch(request);
}

/** A file of another build, whose page this worker may have handed out. A name with a hash is the same file in all of them. */
async function fromOthers(kept: (name: string) => Promise<Response | undefined>): Promise<Response | undefined> {
  for (const name of await caches.keys()) {
    const found = name.startsWith(family) ? await kept(name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
