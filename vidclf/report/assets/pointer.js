// Mouse, pen and finger on the timeline: a press moves the cursor, the wheel zooms and pans.

class Pointer {
  constructor(timeline) {
    this.timeline = timeline;
    timeline.pointer = this;
    this.isHeld = false;
    const { tracks, overview, strip } = timeline;
    tracks.addEventListener("pointerdown", (event) => this.down(event));
    tracks.addEventListener("pointermove", (event) => this.move(event));
    tracks.addEventListener("pointerup", () => this.up());
    tracks.addEventListener("pointercancel", () => this.up());
    tracks.addEventListener("pointerleave", () => this.hideTip());
    tracks.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    strip.addEventListener("pointerdown", (event) => this.seekTo(event));
    strip.addEventListener("pointermove", (event) => event.buttons && this.seekTo(event));
    overview.addEventListener("pointerdown", (event) => this.pageTo(event));
    overview.addEventListener("pointermove", (event) => event.buttons && this.pageTo(event));
  }

  timeOf(event) {
    const { tracks, gutter, plotWidth, view } = this.timeline;
    const x = event.clientX - tracks.getBoundingClientRect().left - gutter;
    return view.time(Math.max(0, Math.min(x, plotWidth)), plotWidth);
  }

  down(event) {
    if (event.button !== 0 || this.isOnScrollbar(event)) return;
    this.isHeld = true;
    this.timeline.tracks.setPointerCapture(event.pointerId);
    this.timeline.player.seek(this.timeOf(event));
    this.timeline.cursor.focus({ preventScroll: true });
    event.preventDefault();
  }

  isOnScrollbar(event) {
    const { laneBox } = this.timeline;
    return event.target === laneBox && event.offsetX > laneBox.clientWidth;
  }

  move(event) {
    if (this.isHeld) this.timeline.player.seek(this.timeOf(event));
    this.showTip(event);
  }

  up() {
    this.isHeld = false;
  }

  wheel(event) {
    const { view, plotWidth } = this.timeline;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      view.zoom(Math.exp(-event.deltaY * 0.004), this.timeOf(event));
      return;
    }
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (view.isWhole || Math.abs(sideways) < Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
    event.preventDefault();
    view.pan((sideways / plotWidth) * view.span);
  }

  seekTo(event) {
    const { strip, clip, player } = this.timeline;
    const box = strip.getBoundingClientRect();
    player.seek(clip.start + ((event.clientX - box.left) / box.width) * clip.length);
  }

  pageTo(event) {
    const { overview, gutter, plotWidth, view, clip } = this.timeline;
    const x = event.clientX - overview.getBoundingClientRect().left - gutter;
    const time = clip.start + (x / plotWidth) * clip.length;
    view.show(time - view.span / 2, time + view.span / 2);
  }

  hideTip() {
    this.timeline.tip.hidden = true;
  }

  // What is under the pointer: the time, and what holds there.
  showTip(event) {
    const { tip, tracks, clip } = this.timeline;
    if (event.pointerType === "touch") return;
    const time = this.timeOf(event);
    const box = tracks.getBoundingClientRect();
    tip.replaceChildren(el("strong", {}, clock(time, 2)), ...this.told(time));
    tip.hidden = false;
    const room = box.width - tip.offsetWidth;
    tip.style.transform = `translateX(${Math.max(0, Math.min(event.clientX - box.left + 12, room))}px)`;
  }

  told(time) {
    const { clip } = this.timeline;
    return clip
      .saidAt(time)
      .slice(0, 8)
      .map(({ place, side }) =>
        el(
          "span",
          { class: "tip-line" },
          side ? `${side} ` : "",
          ...labelled(clip, clip.label[place], clip.isUncertainAt(time)),
          ` ${score(clip.mean[place])}`,
        ),
      );
  }
}
