// The ribbon of the last minute, at the bottom of the picture: which label held when.

const MINUTE_SECONDS = 60;
const LONGEST_HOLD_SECONDS = 2;
const TOLD_EVERY_MS = 5000;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Minute {
  constructor() {
    this.canvas = el("canvas");
    this.node = el("div", { class: "minute", role: "img", hidden: true }, this.canvas);
    this.draw = eachFrame(() => this.paint());
    this.clear();
  }

  clear() {
    Object.assign(this, { runs: [], now: 0, duration: Infinity, told: -Infinity, drawn: -Infinity });
    this.node.hidden = true;
  }

  // A label holds until the next one, but not through a long silence.
  add(seconds, label, color) {
    if (seconds < this.now) this.runs = []; // sought back: the server begins anew, colours too
    const last = this.runs.at(-1);
    if (last) last.to = Math.min(seconds, last.seen + LONGEST_HOLD_SECONDS);
    if (last?.label === label && last.color === color && last.to === seconds) last.seen = seconds;
    else this.runs.push({ label, color, from: seconds, to: seconds, seen: seconds });
    while (this.runs[0].to < seconds - MINUTE_SECONDS) this.runs.shift();
    this.now = seconds;
    this.node.hidden = false;
    this.tell();
    if (!calm.matches || performance.now() - this.drawn > 1000) this.draw();
  }

  // A clip of less than a minute is all in sight, as in the videos.
  get span() {
    const length = Math.min(MINUTE_SECONDS, this.duration || MINUTE_SECONDS);
    const first = this.runs[0]?.from ?? 0;
    const from = this.duration <= MINUTE_SECONDS ? 0 : Math.max(Math.min(first, this.now), this.now - length);
    return [from, from + length];
  }

  paint() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width) return;
    this.drawn = performance.now();
    const ctx = prepared(this.canvas, width, height);
    const unit = Number.parseFloat(getComputedStyle(this.node).fontSize);
    const [from, to] = this.span;
    const x = (seconds) => ((seconds - from) / (to - from)) * (width - 4 * unit) + 2 * unit;
    const band = { y: 5 * unit, height: 14 * unit };
    fillPill(ctx, 0, band.y, width, band.height, "rgb(13 15 20 / 69%)");
    ctx.save();
    roundRect(ctx, 2 * unit, band.y + 2 * unit, width - 4 * unit, band.height - 4 * unit);
    ctx.clip();
    ctx.fillStyle = "rgb(63 67 74 / 70%)";
    ctx.fillRect(0, 0, width, height);
    for (const run of this.runs) {
      ctx.fillStyle = run.color;
      ctx.fillRect(x(run.from), 0, Math.max(1, x(run.to) - x(run.from)), height);
    }
    ctx.restore();
    const head = Math.max(3 * unit, Math.min(width - 3 * unit, x(this.now)));
    fillPill(ctx, head - 5 * unit, 0, 10 * unit, height, "rgb(13 15 20 / 75%)");
    fillPill(ctx, head - 3 * unit, 2 * unit, 6 * unit, height - 4 * unit, PAPER);
  }

  // In words, for those who do not see it; not as often as it changes.
  tell() {
    const now = performance.now();
    if (now - this.told < TOLD_EVERY_MS) return;
    this.told = now;
    const seconds = new Map();
    for (const run of this.runs)
      seconds.set(run.label, (seconds.get(run.label) ?? 0) + run.to - Math.max(run.from, this.now - 60));
    const parts = [...seconds]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 5)
      .map(([label, held]) => `${label} ${Math.round(held)} s`);
    this.node.setAttribute("aria-label", `The last minute: ${parts.join(", ")}`);
  }
}

function roundRect(ctx, x, y, width, height) {
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, Math.min(width, height) / 2);
}

function fillPill(ctx, x, y, width, height, color) {
  ctx.fillStyle = color;
  roundRect(ctx, x, y, width, height);
  ctx.fill();
}
