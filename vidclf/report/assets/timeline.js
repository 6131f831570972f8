// The timeline: lanes and charts on one axis of time, with a cursor that can be moved by anything.

const AXIS_HEIGHT = 22;
const LANE_HEIGHTS = { one: 44, several: 26 };
const MOST_LANES_SEEN = 10;
const ZOOM_STEP = 1.6;

class Timeline {
  constructor(clip, player) {
    Object.assign(this, { clip, player, only: null });
    this.view = new View(clip.start, clip.end);
    this.laneHeight = clip.lanes.length > 1 ? LANE_HEIGHTS.several : LANE_HEIGHTS.one;
    this.redraw = eachFrame(() => this.draw());
    this.build();
    this.view.on("change", () => this.redraw());
    player.on("time", (time) => this.moved(time));
    player.on("sought", (time) => this.pointer.isHeld || this.view.reveal(time));
    new ResizeObserver(() => this.redraw()).observe(this.tracks);
    darkGround.addEventListener("change", () => {
      this.makeCharts();
      this.redraw();
    });
  }

  build() {
    const canvas = () => el("canvas", { "aria-hidden": "true" });
    [this.axis, this.laneCanvas, this.overview, this.stripCanvas] = [
      canvas(),
      canvas(),
      canvas(),
      canvas(),
    ];
    this.stripMark = el("span", { class: "strip-mark" });
    this.strip = el("div", { class: "strip" }, this.stripCanvas, this.stripMark);
    this.axis.className = "axis";
    this.overview.className = "overview";
    this.laneRoom = el("div", { class: "lane-room" }, this.laneCanvas);
    this.laneBox = el("div", { class: "lanes", onscroll: () => this.redraw() }, this.laneRoom);
    const count = this.clip.lanes.length;
    if (count > MOST_LANES_SEEN) {
      for (const [key, value] of Object.entries({
        tabindex: 0,
        role: "group",
        "aria-label": "Lanes",
      }))
        this.laneBox.setAttribute(key, value);
      this.more = el(
        "p",
        { class: "hint" },
        `${count.toLocaleString("en")} lanes: scroll for more`,
      );
    }
    this.chartBox = el("div", { class: "charts" });
    this.cursor = el("div", {
      class: "cursor",
      role: "slider",
      tabindex: 0,
      "aria-label": "Position in the clip",
    });
    this.tip = el("div", { class: "tip", "aria-hidden": "true", hidden: true });
    this.tracks = el(
      "div",
      { class: "tracks" },
      this.axis,
      this.laneBox,
      this.chartBox,
      this.cursor,
      this.tip,
    );
    this.node = el(
      "section",
      { class: "timeline", "aria-label": "Timeline" },
      this.toolbar(),
      this.tracks,
      this.more,
      this.overview,
    );
    this.makeCharts();
    new Pointer(this);
  }

  toolbar() {
    const centre = () => {
      const { time } = this.player;
      return time >= this.view.from && time <= this.view.to
        ? time
        : (this.view.from + this.view.to) / 2;
    };
    this.zoomIn = button("+", () => this.view.zoom(ZOOM_STEP, centre()), {
      "aria-label": "Zoom in",
      title: "Zoom in (+)",
    });
    this.zoomOut = button("−", () => this.view.zoom(1 / ZOOM_STEP, centre()), {
      "aria-label": "Zoom out",
      title: "Zoom out (−)",
    });
    this.zoomAll = button("Whole clip", () => this.view.whole(), {
      title: "Show the whole clip (0)",
    });
    this.range = el("span", { class: "range" });
    return el("div", { class: "tools" }, this.range, this.zoomOut, this.zoomIn, this.zoomAll);
  }

  makeCharts() {
    this.theme = currentTheme();
    this.charts = chartsOf(this.clip, this.theme).map((chart) => {
      const canvas = el("canvas", { "aria-hidden": "true" });
      const values = chart.curves.map(() => el("span", { class: "value" }));
      const legend = chart.curves.map((curve, place) =>
        el(
          "span",
          { class: "key" },
          lineSample(curve.color, curve.dash),
          named(curve.data.name),
          " ",
          values[place],
        ),
      );
      const node = el("div", { class: "chart" }, el("div", { class: "legend" }, ...legend), canvas);
      return { ...chart, canvas, values, node };
    });
    this.chartBox.replaceChildren(...this.charts.map((chart) => chart.node));
  }

  // Room on the left for the lanes' names, where there are several.
  get gutter() {
    return this.clip.lanes.length > 1 ? Math.min(140, Math.round(this.width * 0.24)) : 0;
  }

  get plotWidth() {
    return Math.max(1, this.width - this.gutter);
  }

  draw() {
    this.width = this.tracks.clientWidth;
    if (!this.width) return;
    this.theme = currentTheme();
    this.drawAxis();
    this.drawLanes();
    for (const chart of this.charts) this.drawChart(chart);
    this.drawOverview();
    this.drawStrip();
    this.range.textContent = `${clock(this.view.from)} – ${clock(this.view.to)}`;
    this.zoomOut.disabled = this.zoomAll.disabled = this.view.isWhole;
    this.zoomIn.disabled = this.view.span <= this.view.closest;
    this.moved(this.player.time);
  }

  written(canvas, height) {
    const ctx = prepared(canvas, this.width, height);
    ctx.font = `12px ${this.theme.font}`;
    return ctx;
  }

  drawAxis() {
    const box = { x: this.gutter, y: 0, width: this.plotWidth, height: AXIS_HEIGHT };
    drawAxis(this.written(this.axis, AXIS_HEIGHT), this.view, box, this);
  }

  get laneStep() {
    return this.laneHeight + (this.clip.lanes.length > 1 ? 4 : 0);
  }

  drawLanes() {
    const { lanes } = this.clip;
    const step = this.laneStep;
    const height = Math.min(lanes.length, MOST_LANES_SEEN) * step;
    this.laneBox.style.height = `${height}px`;
    this.laneRoom.style.height = `${lanes.length * step}px`;
    this.laneBox.hidden = !lanes.length;
    if (!lanes.length) return;
    const ctx = this.written(this.laneCanvas, height);
    const top = this.laneBox.scrollTop;
    for (let i = Math.floor(top / step); i < lanes.length && i * step < top + height; i += 1)
      this.drawLane(ctx, lanes[i], {
        x: this.gutter,
        y: i * step - top,
        width: this.plotWidth,
        height: this.laneHeight,
      });
  }

  drawLane(ctx, lane, box) {
    const names = this.clip.kind !== "labels" && (lane.side || !this.clip.isCompared);
    drawRibbon(ctx, this.clip, lane, this.view, box, { theme: this.theme, only: this.only, names });
    const data =
      this.clip.kind === "labels" && this.clip.curves.find((curve) => curve.label === lane.name);
    if (data) {
      const points = pointsOf(this.clip, data, this.view, box.width);
      drawLine(
        ctx,
        points,
        { color: this.theme.ink, dash: [] },
        box,
        (value) => box.y + (1 - value) * (box.height - 2) + 1,
      );
    }
    if (!this.gutter) return;
    ctx.fillStyle = this.theme.ink;
    ctx.clearRect(0, box.y, this.gutter, box.height);
    ctx.textBaseline = "middle";
    ctx.fillText(shortened(ctx, lane.name, this.gutter - 10), 0, box.y + box.height / 2);
  }

  drawChart(chart) {
    const ctx = this.written(chart.canvas, chart.height);
    ctx.font = `11px ${this.theme.font}`;
    const box = { x: this.gutter, y: 0, width: this.plotWidth, height: chart.height };
    drawChart(ctx, this.clip, chart.curves, this.view, box, { ...chart, theme: this.theme });
  }

  drawOverview() {
    const height = 12;
    this.overview.classList.toggle("is-needed", !this.view.isWhole);
    const ctx = this.written(this.overview, height);
    const whole = new View(this.clip.start, this.clip.end);
    const box = { x: this.gutter, y: 2, width: this.plotWidth, height: height - 4 };
    drawSmall(ctx, this.clip, box, this);
    const [left, right] = [whole.x(this.view.from, box.width), whole.x(this.view.to, box.width)];
    ctx.globalAlpha = 1;
    ctx.strokeStyle = this.theme.ink;
    ctx.lineWidth = 2;
    ctx.strokeRect(box.x + left + 1, 1, Math.max(3, right - left - 2), height - 2);
  }

  // The whole clip below the video, on narrow screens, where the timeline scrolls out of sight.
  drawStrip() {
    const [width, height] = [this.strip.clientWidth, this.strip.clientHeight];
    if (!width) return;
    const ctx = prepared(this.stripCanvas, width, height);
    drawSmall(ctx, this.clip, { x: 0, y: 0, width, height }, this);
  }

  // The cursor follows the clip; a view that is zoomed in turns its page.
  moved(time) {
    if (!this.width) return;
    if (this.player.isPlaying && !this.pointer.isHeld) this.view.reveal(time);
    const x = this.view.x(time, this.plotWidth);
    this.cursor.classList.toggle("is-outside", x < -1 || x > this.plotWidth + 1);
    this.cursor.style.transform = `translateX(${this.gutter + x}px)`;
    this.stripMark.style.left = `${((time - this.clip.start) / (this.clip.length || 1)) * 100}%`;
    this.say(time);
  }

  say(time) {
    const rounded = time.toFixed(2);
    if (rounded === this.said) return;
    this.said = rounded;
    for (const chart of this.charts)
      chart.curves.forEach((curve, place) => {
        chart.values[place].textContent = tellValue(this.clip, curve.data, time);
      });
    const held = this.clip
      .saidAt(time)
      .map(({ place }) => this.clip.labels[this.clip.label[place]])
      .map((name) => (this.clip.isUncertainAt(time) ? `${name} (uncertain)` : name));
    const about = {
      valuemin: this.clip.start.toFixed(2),
      valuemax: this.clip.end.toFixed(2),
      valuenow: rounded,
      valuetext: [clock(time), ...held.slice(0, 6)].join(", "),
    };
    for (const [name, value] of Object.entries(about))
      this.cursor.setAttribute(`aria-${name}`, value);
  }

  highlight(label) {
    this.only = label;
    const own = this.clip.lanes.findIndex((lane) => lane.name === this.clip.labels[label]);
    if (own >= 0) this.laneBox.scrollTop = own * this.laneStep;
    this.redraw();
  }
}

function tellValue(clip, data, time) {
  const value = clip.curveAt(data, time);
  return clip.kind === "values" ? valued(value, data.high - data.low, data.unit) : score(value);
}
