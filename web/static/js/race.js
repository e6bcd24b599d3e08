// The race moves: where everything is at a minute is a function of what the page holds, so nothing is asked for.
const DAY = 1440;
const still = matchMedia("(prefers-reduced-motion: reduce)");

class RaceTrack extends HTMLElement {
  connectedCallback() {
    this.data = JSON.parse(this.querySelector("[data-race]").textContent);
    this.range = this.querySelector("input[type=range]");
    this.minute = Number(this.range.value);
    this.run = this.querySelector("[data-run]");
    this.run.hidden = false;
    this.querySelector("[data-speed]").hidden = false;
    this.speed = this.querySelector("[data-speed] select");
    this.querySelector(".scrub button").hidden = true;
    this.told = Math.floor(this.minute / DAY);
    this.run.addEventListener("click", () => (this.going ? this.pause() : this.start()));
    this.range.addEventListener("input", () => { this.pause(); this.show(Number(this.range.value)); });
    this.on("[data-back]", () => Math.max(this.data.start, this.minute - DAY));
    this.on("[data-forward]", () => Math.min(this.data.minutes, this.minute + DAY));
    this.on("[data-start]", () => this.data.start);
    this.on("[data-end]", () => this.data.minutes);
    this.addEventListener("keydown", event => { if (event.key === "Escape") this.pause(); });
    // Before the race has begun paper shows how it ended; a frame that was chosen is printed as it is.
    addEventListener("beforeprint", () => {
      if (this.going) this.pause();
      if (this.minute <= this.data.start) { this.unprinted = this.minute; this.show(this.last()); }
    });
    addEventListener("afterprint", () => {
      if (this.unprinted !== undefined) this.show(this.unprinted);
      this.unprinted = undefined;
    });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.pause(); });
  }

  on(link, where) {
    this.querySelector(link).addEventListener("click", event => {
      event.preventDefault();
      this.pause();
      this.show(where());
    });
  }

  start() {
    if (this.minute >= this.last()) this.show(this.data.start);
    // Where the lanes end below the window, the page moves up to the clock: both lanes are to be watched.
    if (this.getBoundingClientRect().bottom > innerHeight) this.scrollIntoView();
    if (still.matches) { this.show(this.last()); return; }
    this.run.textContent = this.data.say.pause;
    let before = null;
    const step = now => {
      if (before !== null) {
        const off = this.data.days[Math.min(Math.floor(this.minute / DAY), this.data.days.length - 1)][1] === 0;
        const passed = ((now - before) / 1000) * DAY * Number(this.speed.value) * (off ? 3 : 1);
        this.show(Math.min(this.last(), this.minute + Math.min(passed, DAY)));
      }
      before = now;
      if (this.minute >= this.last()) this.pause();
      else this.going = requestAnimationFrame(step);
    };
    this.going = requestAnimationFrame(step);
  }

  pause() {
    if (this.going) cancelAnimationFrame(this.going);
    this.going = 0;
    this.run.textContent = this.data.say.run;
    this.show(Math.round(this.minute));
    history.replaceState(null, "", this.link());
  }

  last() { return Math.max(...this.data.lanes.map(lane => lane.ends)); }

  link() {
    const address = new URL(location.href);
    address.searchParams.set("phut", String(Math.round(this.minute)));
    return address.pathname + address.search;
  }

  show(minute) {
    const before = this.minute;
    this.minute = minute;
    this.range.value = String(minute);
    const at = Math.min(Math.floor(minute / DAY), this.data.days.length - 1), within = Math.floor(minute - at * DAY);
    const time = `${String(Math.floor(within / 60)).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
    const [name, date] = this.data.days[at][0].split(/ (?=[0-9/]+$)/);
    const moment = `${name} ${time} ${date}`;
    this.range.setAttribute("aria-valuetext", moment);
    this.querySelector("[data-moment]").textContent = moment;
    this.querySelector("[data-day] b").textContent = this.number(this.worked(this.data.start, minute));
    for (const lane of this.data.lanes) this.move(lane, minute);
    document.querySelector("[data-link]").href = this.link();
    this.tell(before, minute, moment);
  }

  move(lane, minute) {
    const panel = this.querySelector(`[data-lane="${lane.path}"]`), line = panel.querySelector(".now");
    if (!line) return;
    const shown = lane.finished ? Math.min(minute, lane.ends) : minute;
    const x = `${(100 * shown) / this.data.minutes}%`, curtain = panel.querySelector(".curtain");
    curtain.setAttribute("x", x); curtain.setAttribute("width", lane.finished && minute >= lane.ends ? "0%" : "110%");
    line.setAttribute("x1", x); line.setAttribute("x2", x);
    const cost = lane.costs.filter(each => each[0] <= minute).pop() || [0, 0, 0, 0], began = lane.costs[0][0];
    const put = (what, value) => { panel.querySelector(`[data-${what}]`).textContent = value; };
    put("visits", cost[1]); put("documents", cost[2]); put("fields", cost[3]);
    put("waited", this.number(this.worked(began, Math.min(minute, lane.ends))));
    const share = (Math.min(minute, lane.ends) - began) / (lane.ends - began || 1);
    put("share", `${Math.round(100 * Math.min(1, Math.max(0, share)))}%`);
    panel.querySelector("[data-finish]").hidden = !(lane.finished && minute >= lane.ends);
  }

  tell(before, minute, moment) {
    const words = this.data.lanes.filter(lane => lane.finished && before < lane.ends && lane.ends <= minute).map(lane => lane.done);
    const days = Math.floor(minute / DAY);
    if (words.length || Math.abs(days - this.told) >= 5) {
      this.told = days;
      this.querySelector("[data-told]").textContent = [moment, ...words].join(". ");
    }
  }

  worked(since, until) {
    let minutes = 0;
    for (let day = Math.floor(since / DAY); day <= Math.floor(until / DAY) && day < this.data.days.length; day++) {
      if (!this.data.days[day][1]) continue;
      for (const [opens, closes] of this.data.sessions)
        minutes += Math.max(0, Math.min(until, day * DAY + closes) - Math.max(since, day * DAY + opens));
    }
    return minutes / this.data.sessions.reduce((sum, [opens, closes]) => sum + closes - opens, 0);
  }

  number(value) { return value.toFixed(1).replace(/\.0$/, "").replace(".", this.data.comma); }
}

customElements.define("race-track", RaceTrack);
