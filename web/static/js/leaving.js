// What was typed into a topic outlives the page: whoever leaves it by a link, another form, the browser's own
// buttons or by closing it finds the boxes again. Without script the buttons of the form do the same.
const topic = document.getElementById("topic");
const KEEP = "to:", AWAY = "away:";
const said = () => new URLSearchParams(new FormData(topic)).toString();
// After a mistake, or while communes are listed, the boxes are shown as they were sent: nobody has kept them yet.
const shown = "unkept" in topic.dataset ? null : said();
let kept = false;

const keep = (boxes) => fetch(topic.action, {
  method: "POST", redirect: "manual", body: new URLSearchParams(boxes),
}).catch(() => {});

const toKeep = () => {
  const boxes = new URLSearchParams(said());
  boxes.set("after", KEEP);
  return boxes;
};

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
  await keep(toKeep());
  event.target.requestSubmit(event.submitter);
});

addEventListener("pagehide", () => {
  if (kept || said() === shown) return;
  kept = true;
  navigator.sendBeacon(topic.action, toKeep());
  sessionStorage.setItem(topic.action, toKeep().toString());
});

// The same page asked for again was fetched before it was left: what was typed there is kept, then it is shown.
const typed = sessionStorage.getItem(topic.action);
sessionStorage.removeItem(topic.action);
if (typed) keep(typed).then(showWhatIsKept);

async function showWhatIsKept() {
  const here = new URL(location.href);
  here.hash = "";
  here.searchParams.delete("dien");  // what is filled in would stand over what was typed
  const answer = await fetch(here);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const version = fresh.querySelector("#topic [name=version]");
  if (!version || version.value === topic.elements.version.value) return;
  kept = true;
  location.replace(here);
}

// The page was kept by the browser, as it was before it was left: the draft has gone on since.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
