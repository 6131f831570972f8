// The card over the picture: the answer as rows with bars.

const CARD_STEP_PIXELS = 40;

class Card {
  constructor() {
    this.node = el("div", { class: "card", role: "group", "aria-label": "Answer", hidden: true });
    this.rows = [];
  }

  show(rows, { hasHeadline }) {
    this.node.hidden = !rows.length;
    this.node.classList.toggle("has-headline", hasHeadline);
    while (this.rows.length < rows.length) this.add();
    this.rows.forEach((row, place) => {
      row.node.hidden = place >= rows.length;
      if (place < rows.length) fillRow(row, rows[place]);
    });
    this.widen(rows.map((row) => row.label).join());
  }

  // It never gets narrower while one source is shown, so that it stands still.
  widen(labels) {
    if (labels === this.labels || this.node.hidden) return;
    this.labels = labels;
    const width = Math.ceil(this.node.offsetWidth / CARD_STEP_PIXELS) * CARD_STEP_PIXELS;
    if (width <= (this.width ?? this.node.offsetWidth)) return;
    this.width = width;
    this.node.style.setProperty("--reached", `${width}px`);
  }

  clear() {
    this.node.hidden = true;
    this.forgetWidth();
  }

  forgetWidth() {
    this.width = this.labels = undefined;
    this.node.style.removeProperty("--reached");
  }

  add() {
    const row = { label: el("bdi", { class: "row-label" }), number: el("span", { class: "row-number" }) };
    row.fill = el("span", { class: "row-fill" });
    row.mark = el("span", { class: "row-mark" });
    row.track = el("span", { class: "row-track", "aria-hidden": "true" }, row.fill, row.mark);
    row.asks = el("span", { class: "row-asks" }, "?");
    const line = el("span", { class: "row-line" }, row.label, row.asks, row.number);
    row.node = el("div", { class: "row" }, line, row.track);
    this.rows.push(row);
    this.node.append(row.node);
  }
}

function fillRow(row, { label, number, unit, from, to, color, ink, asks }) {
  setText(row.label, label);
  setText(row.number, number && unit ? `${number} ${unit}` : number);
  row.asks.hidden = !asks;
  row.node.style.color = ink;
  row.track.hidden = color === undefined;
  if (color === undefined) return;
  row.fill.style.left = `${Math.min(from, to) * 100}%`;
  row.fill.style.width = `${Math.abs(to - from) * 100}%`;
  row.fill.style.background = color;
  row.fill.classList.toggle("is-empty", from === to);
  row.mark.hidden = from <= 0 || from >= 1;
  row.mark.style.left = `${from * 100}%`;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
