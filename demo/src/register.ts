// Installs the service worker. The page does not need it: without one, or where the browser has none, everything but offline use works.
if ("serviceWorker" in navigator) {
  // After the page has what it needs: keeping files for later is not to hold up the first answer.
  const install = () => {
    navigator.serviceWorker.register(new URL("./offline.js", import.meta.url)).catch((error) => console.info(`no offline use: ${error}`));
  };
  if (document.readyState === "complete") install();
  else addEventListener("load", install, { once: true });
}
