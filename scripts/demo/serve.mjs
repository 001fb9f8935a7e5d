// Serves a folder of static files on this machine alone, as a strict static host would.
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { policy } from "./policy.mjs";

const types = /** @type {Record<string, string>} */ ({
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".png": "image/png",
});

/**
 * Starts the server.
 * @param {string} folder
 * @param {number} port 0 for any that is free
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} its address, with a slash at the end
 */
export function serve(folder, port) {
  const server = createServer((request, response) => {
    answer(folder, request, response).catch((error) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  return new Promise((done, reject) => {
    server.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === "EADDRINUSE") reject(new Error(`port ${port} is in use: give another with --port, or 0 for any that is free`));
      else if (error.code === "EACCES") reject(new Error(`port ${port} needs rights that you do not have: give another with --port`));
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => {
      const address = /** @type {import("node:net").AddressInfo} */ (server.address());
      const close = () =>
        /** @type {Promise<void>} */ (
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          })
        );
      done({ url: `http://127.0.0.1:${address.port}/`, close });
    });
  });
}

/** @param {string} folder @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
async function answer(folder, request, response) {
  const headers = /** @type {Record<string, string>} */ ({
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
    vary: "accept-encoding",
  });
  const refuse = (/** @type {number} */ code, /** @type {string} */ text) =>
    response.writeHead(code, { ...headers, "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "only GET and HEAD");
  const file = fileOf(folder, request.url ?? "/");
  const info = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || !info?.isFile()) return refuse(404, "not found");
  let content = await readFile(file);
  headers["content-type"] = types[extname(file)] ?? "application/octet-stream";
  if (/\bgzip\b/.test(String(request.headers["accept-encoding"] ?? "")) && !file.endsWith(".png")) {
    content = gzipSync(content, { level: 9 });
    headers["content-encoding"] = "gzip";
  }
  response.writeHead(200, { ...headers, "content-length": String(content.length) }).end(request.method === "HEAD" ? undefined : content);
}

/** The file that a request names; undefined if that is none inside the folder. @param {string} folder @param {string} url */
function fileOf(folder, url) {
  let path;
  try {
    // Not by URL: it would fold `..` away before it can be refused.
    path = decodeURIComponent(url.split(/[?#]/)[0]);
  } catch {
    return undefined;
  }
  if (!path.startsWith("/") || path.includes("\0") || path.includes("\\") || path.split("/").includes("..")) return undefined;
  const file = resolve(join(folder, path.endsWith("/") ? `${path}index.html` : path));
  return file.startsWith(resolve(folder) + sep) ? file : undefined;
}
