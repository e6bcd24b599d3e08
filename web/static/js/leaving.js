// What was typed into a topic outlives the page: whoever leaves it by a link, another form, the browser's own
// buttons or by closing it finds the boxes again. Without script the buttons of the form do the same.
const topic = document.getElementById("topic");
const KEEP = "to:", AWAY = "away:";
let kept = false;

function boxes(after) {
  const said = new URLSearchParams(new FormData(topic));
  said.set("after", after);
  return said;
}

function byWayOf(address) {
  const after = document.createElement("input");
  after.type = "hidden";
  after.name = "after";
  after.value = AWAY + address;
  topic.append(after);
  kept = true;
  topic.submit();
}

function isPlain(event, link) {
  return !event.defaultPrevented && event.button === 0 && !link.target && link.origin === location.origin
    && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !isPlain(event, link) || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  byWayOf(link.pathname + link.search + link.hash);
});

document.addEventListener("submit", async (event) => {
  if (kept) return;
  kept = true;
  if (event.target === topic) return;
  event.preventDefault();
  // Where it goes shows this page anew: the boxes are kept before that.
  await fetch(topic.action, { method: "POST", body: boxes(KEEP), redirect: "manual" }).catch(() => {});
  event.target.requestSubmit(event.submitter);
});

addEventListener("pagehide", () => {
  if (!kept) navigator.sendBeacon(topic.action, boxes(KEEP));
  kept = true;
});
// The page was kept by the browser, as it was before it was left: the draft has gone on since.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
