// Something happened: the page is asked for again, and its live parts are put in the place of the old ones.
const head = document.querySelector("[data-live]");
let source = null;

async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement && document.activeElement.id;
  for (const old of document.querySelectorAll("[id^=live-]")) {
    const next = fresh.getElementById(old.id);
    if (next) old.replaceWith(next);
    else old.remove();
  }
  if (focused) document.getElementById(focused)?.focus();
}

function listen() {
  if (!head || source) return;
  source = new EventSource(head.dataset.live);
  source.addEventListener("changed", renew);
  source.addEventListener("ended", close);
}

function close() { source?.close(); source = null; }

addEventListener("pagehide", close);
document.addEventListener("visibilitychange", () => (document.hidden ? close() : listen()));
listen();
