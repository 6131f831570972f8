// The picture with what is drawn over it, or, while there is none, what can be done.

class Screen {
  constructor() {
    this.card = new Card();
    this.minute = new Minute();
    this.picture = el("div", { class: "picture", hidden: true }, this.card.node, this.minute.node);
    this.empty = el(
      "div",
      { class: "empty" },
      el("p", { class: "empty-title" }, "Show it something"),
      el("p", {}, "Use the camera, or choose a video or a picture: it can be dropped here, too."),
      el("p", { class: "empty-more" }, "Pictures go to this server alone, which keeps none of them."),
    );
    this.node = el("div", { class: "screen" }, this.empty, this.picture);
    new ResizeObserver(() => this.resized()).observe(this.picture);
  }

  show(source) {
    this.source?.node.remove();
    this.source = source;
    this.clear();
    this.empty.hidden = source !== null;
    this.picture.hidden = source === null;
    if (!source) return;
    source.node.classList.toggle("is-mirrored", Boolean(source.isMirrored));
    source.on("state", () => this.fit());
    this.picture.prepend(source.node);
    this.fit();
  }

  clear() {
    this.card.clear();
    this.minute.clear();
    this.reach = [];
  }

  fit() {
    const { width, height } = this.source.size;
    if (width && height) this.picture.style.setProperty("--ratio", width / height);
    if (this.source.kind === "clip") this.minute.duration = this.source.node.duration;
  }

  resized() {
    this.card.forgetWidth();
    this.minute.draw();
  }

  answer(answer, model, seconds) {
    const rows = answerRows(answer, model, this.reach);
    const hasHeadline = rows.length === 1 || !answer.values;
    this.card.show(rows, { hasHeadline });
    if (this.source.kind === "picture" || answer.values) return;
    const [{ label, color }] = rows;
    this.minute.add(seconds, answer.certain ? label : "uncertain", color);
  }
}
