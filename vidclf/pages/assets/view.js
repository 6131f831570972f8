// The part of the clip that the timeline shows.

const SHORTEST_SECONDS = 0.25;

class View extends Events {
  constructor(start, end) {
    super();
    Object.assign(this, { start, end, from: start, to: end });
  }

  get span() {
    return this.to - this.from;
  }

  get isWhole() {
    return this.from <= this.start && this.to >= this.end;
  }

  get closest() {
    return Math.min(SHORTEST_SECONDS, this.end - this.start);
  }

  show(from, to) {
    const span = Math.max(this.closest, Math.min(to - from, this.end - this.start));
    const middle = (from + to) / 2;
    this.from = Math.max(this.start, Math.min(middle - span / 2, this.end - span));
    this.to = this.from + span;
    this.emit("change");
  }

  // What stands at `at` stays where it is.
  zoom(factor, at) {
    const span = Math.max(this.closest, Math.min(this.span / factor, this.end - this.start));
    const from = at - ((at - this.from) / this.span) * span;
    this.show(from, from + span);
  }

  pan(by) {
    const from = Math.max(this.start, Math.min(this.from + by, this.end - this.span));
    this.show(from, from + this.span);
  }

  whole() {
    this.show(this.start, this.end);
  }

  // Brings a time into sight: the page is turned, not dragged along.
  reveal(time) {
    if (time >= this.from && time <= this.to) return;
    const from = time - this.span * 0.1;
    this.show(from, from + this.span);
  }

  x(time, width) {
    return ((time - this.from) / this.span) * width;
  }

  time(x, width) {
    return this.from + (x / width) * this.span;
  }
}
