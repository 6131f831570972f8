// Truth and prediction of each clip, as ribbons over its time.

const LANE_HEIGHT = 24;
const LANE_STEP = 30;
const TIME_HEIGHT = 20;
const CLIPS_A_PAGE = 10;
const MOST_DIFFERENCES = 50;
const CLIP_FIGURES = {
  accuracy: ["frame accuracy", percent],
  macro_f1: ["macro F1", three],
  edit_score: ["edit score", percent],
  f1_at_10: ["F1@10", three],
  f1_at_25: ["F1@25", three],
  f1_at_50: ["F1@50", three],
};

// The lanes of a clip, in the form in which `drawRibbon` takes them.
class Lanes {
  constructor(found, raw) {
    Object.assign(this, { found, ...raw });
    this.labels = found.labels;
    [this.label, this.from, this.to] = [[], [], []];
    this.lanes = raw.lanes.map((lane) => this.read(lane));
  }

  read({ side, of, label, start, length }) {
    const first = this.label.length;
    const starts = sums(start);
    const seconds = (ticks) => ticks / this.ticksPerSecond;
    this.label.push(...label);
    starts.forEach((begin, place) => {
      this.from.push(seconds(begin));
      this.to.push(seconds(begin + length[place]));
    });
    const places = Uint32Array.from(label, (_, place) => first + place);
    return { side, of, places, from: Float64Array.from(starts, seconds) };
  }

  color(label) {
    return label < 0 ? "#d1495b" : this.found.color(label);
  }

  uncertainIn() {
    return [];
  }

  isMostlyUncertain() {
    return false;
  }

  // The label of a lane at a time; undefined where there is none.
  at(lane, time) {
    const place = lane.places[countUpTo(lane.from, time) - 1];
    return place !== undefined && time < this.to[place] ? this.label[place] : undefined;
  }
}

class ClipRibbons {
  constructor(found, raw, number) {
    Object.assign(this, { found, raw, number, clip: new Lanes(found, raw) });
    this.view = new View(this.clip.start, this.clip.end);
    this.canvas = el("canvas", { class: "clip-canvas", "aria-hidden": "true" });
    this.readout = el("p", { class: "hint readout" });
    this.whole = button("Whole clip", () => this.view.whole(), { hidden: true });
    this.redraw = eachFrame(() => this.draw());
    this.build();
    this.view.on("change", () => {
      this.whole.hidden = this.view.isWhole;
      this.redraw();
    });
    this.canvas.addEventListener("pointermove", (event) => this.say(event));
    this.canvas.addEventListener("pointerdown", (event) => this.say(event));
    this.canvas.addEventListener("pointerleave", () => this.invite());
    new ResizeObserver(this.redraw).observe(this.canvas);
    darkGround.addEventListener("change", this.redraw);
    printed.addEventListener("change", () => this.draw());
    this.invite();
  }

  build() {
    const { name, figures } = this.raw;
    const told = Object.entries(figures)
      .filter(([key, value]) => CLIP_FIGURES[key] && value !== null)
      .map(([key, value]) => `${CLIP_FIGURES[key][0]} ${CLIP_FIGURES[key][1](value)}`);
    const names = this.clip.lanes.map(({ side, of }) =>
      of === undefined || side !== "true"
        ? el("li", { class: of === undefined ? "" : "is-second" }, side)
        : el("li", { title: this.found.labels[of] }, named(this.found.labels[of])),
    );
    this.node = el(
      "li",
      { class: "clip" },
      el("h3", { class: "clip-name" }, named(name)),
      el("p", { class: "hint" }, told.join(" · ")),
      names.length
        ? el("div", { class: "clip-lanes" }, el("ul", { class: "lane-names" }, ...names), this.canvas)
        : null,
      names.length ? el("div", { class: "clip-tools" }, this.readout, this.whole) : null,
      this.differences(),
    );
  }

  draw() {
    const { lanes } = this.clip;
    const width = this.canvas.clientWidth;
    if (!width || !lanes.length) return;
    const height = TIME_HEIGHT + lanes.length * LANE_STEP;
    this.canvas.style.height = `${height}px`;
    const theme = currentTheme();
    const ctx = prepared(this.canvas, width, height);
    ctx.font = `12px ${theme.font}`;
    drawAxis(ctx, this.view, { x: 0, y: 0, width, height: TIME_HEIGHT }, { theme });
    lanes.forEach((lane, place) => {
      const box = { x: 0, y: TIME_HEIGHT + place * LANE_STEP + 2, width, height: LANE_HEIGHT };
      const names = lane.of === undefined && lane.side !== "differs";
      drawRibbon(ctx, this.clip, lane, this.view, box, { theme, names });
    });
  }

  invite() {
    this.readout.textContent = "Point at a place to see what is said there.";
  }

  say(event) {
    const { left, width } = this.canvas.getBoundingClientRect();
    const time = this.view.time(Math.max(0, Math.min(event.clientX - left, width)), width);
    const said = ["true", "predicted"].map((side) => {
      const labels = this.clip.lanes
        .filter((lane) => lane.side === side)
        .map((lane) => this.clip.at(lane, time))
        .filter((label) => label !== undefined);
      const shown = labels.flatMap((label) => this.found.label(label));
      return el("span", {}, `${side}: `, ...(shown.length ? shown : ["nothing"]));
    });
    this.readout.replaceChildren(el("strong", {}, clock(time, 2)), ...said);
  }

  // The longest stretches in which the table says something else; made when they are looked at.
  differences() {
    const { found, number } = this;
    const all = Array.from({ length: found.listed }, (_, place) => place);
    const own = all.filter((place) => found.cases.clip[place] === number && found.isWrong(place));
    if (!own.length) return null;
    const box = el("div", { class: "scrolls", tabindex: 0, role: "group", "aria-label": "Differences" });
    const fill = () => box.firstChild ?? box.append(this.differenceTable(own));
    return el(
      "details",
      { ontoggle: fill },
      el("summary", {}, `Where they differ: ${counted(own.length, "stretch", "stretches")}`),
      box,
    );
  }

  // A stretch and what is around it, as wide as the ribbons are.
  show(place) {
    const { from, count } = this.found.cases;
    const seconds = count[place] * this.raw.frameSeconds;
    const room = Math.max(5, 2 * seconds);
    this.view.show(from[place] - room, from[place] + seconds + room);
    this.canvas.scrollIntoView({ block: "nearest" });
  }

  differenceTable(places) {
    const { cases } = this.found;
    const longest = places.sort((a, b) => cases.count[b] - cases.count[a]).slice(0, MOST_DIFFERENCES);
    const rows = longest.map((place) =>
      el(
        "tr",
        {},
        el(
          "td",
          {},
          button(clock(cases.from[place], 2), () => this.show(place), {
            title: "Show it in the ribbons",
          }),
        ),
        el("td", { class: "is-number" }, lasting(cases.count[place] * this.raw.frameSeconds)),
        el("td", {}, ...this.found.said("truth", place)),
        el("td", {}, ...this.found.said("answer", place)),
      ),
    );
    const heads = ["From", "For", "True", "Predicted"].map((name) => el("th", { scope: "col" }, name));
    return el(
      "table",
      { class: "figure-table" },
      el("thead", {}, el("tr", {}, ...heads)),
      el("tbody", {}, ...rows),
    );
  }
}

function clipPanel(found) {
  const list = el("ul", { class: "clip-list" });
  let order = found.clips.map((_, number) => number);
  let shown = 0;
  const more = button("Show more clips", () => add(), { class: "more" });
  const add = () => {
    const next = order.slice(shown, shown + CLIPS_A_PAGE);
    const added = next.map((number) => new ClipRibbons(found, found.clips[number], number).node);
    list.append(...added);
    if (shown) {
      added[0].tabIndex = -1;
      added[0].focus();
    }
    shown += added.length;
    more.hidden = shown >= order.length;
  };
  const worst = button("Worst first", () => {
    const isWorst = worst.getAttribute("aria-pressed") !== "true";
    worst.setAttribute("aria-pressed", String(isWorst));
    order = found.clips.map((_, number) => number);
    const accuracy = (number) => found.clips[number].figures.accuracy ?? 1;
    if (isWorst) order.sort((a, b) => accuracy(a) - accuracy(b));
    list.replaceChildren();
    shown = 0;
    add();
  }, { "aria-pressed": "false" });
  add();
  return panel(
    "Over time",
    "clips-title",
    el("p", { class: "hint" }, "What is true and what the table says, over the time of each clip."),
    found.clips.length > 1 ? el("div", { class: "list-tools" }, worst) : null,
    list,
    more,
  );
}
