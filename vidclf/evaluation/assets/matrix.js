// The confusion matrix: a grid to walk through with keys or pointer; a cell shows its cases.

const FIRST_PAIRS = 8;
const SMALL_FROM = 13;
const WIDE_FROM = 25;
const BLUE = { light: ["#ffffff", "#0b4a94"], dark: ["#181b21", "#7db4ff"] };

class Matrix extends Events {
  constructor(found) {
    super();
    Object.assign(this, { found, ...found.confusion, isPercent: false });
    this.totals = this.counts.map((row) => row.reduce((sum, count) => sum + count, 0));
    const isLarge = this.names.length >= SMALL_FROM;
    this.rows = this.totals.flatMap((total, place) => (total || !isLarge ? [place] : []));
    this.build();
    this.paint();
    for (const media of [darkGround, printed]) media.addEventListener("change", () => this.paint());
  }

  build() {
    this.cells = this.rows.map((true_) => this.names.map((_, answer) => this.cell(true_, answer)));
    const head = el(
      "tr",
      { role: "row" },
      el("th", { class: "corner", role: "columnheader" }, el("span", {}, "true \\ predicted")),
      ...this.names.map((name) =>
        el(
          "th",
          { class: "answered", scope: "col", role: "columnheader", title: name },
          named(name),
        ),
      ),
    );
    const rows = this.cells.map((cells, place) =>
      el(
        "tr",
        { role: "row" },
        this.rowHead(this.names[this.rows[place]]),
        ...cells,
      ),
    );
    const size = this.names.length >= SMALL_FROM ? "matrix matrix-small" : "matrix";
    const grid = el(
      "table",
      {
        class: size,
        role: "grid",
        "aria-label": "Confusion matrix: rows are true classes, columns predicted ones",
        onclick: (event) => this.choose(event.target.closest("td")),
        onkeydown: (event) => this.key(event),
      },
      el("thead", { role: "rowgroup" }, head),
      el("tbody", { role: "rowgroup" }, ...rows),
    );
    this.stop(this.cells[0][0]);
    const toggle = button("% of the row", () => this.swap(toggle), { "aria-pressed": "false" });
    this.node = el(
      "div",
      { class: "matrix-box" },
      el("div", { class: "list-tools" }, toggle),
      el("div", { class: "scrolls" }, grid),
    );
  }

  rowHead(name) {
    return el("th", { scope: "row", role: "rowheader", title: name }, named(name));
  }

  cell(true_, answer) {
    const count = this.counts[true_][answer];
    const about = `true ${this.names[true_]}, predicted ${this.names[answer]}: `;
    return el("td", {
      role: "gridcell",
      tabindex: -1,
      "data-row": true_,
      "data-column": answer,
      class: true_ === answer ? "is-right" : null,
      "aria-label": about + this.told(count, true_),
      title: about + this.told(count, true_),
    });
  }

  told(count, true_) {
    const share = this.totals[true_] ? count / this.totals[true_] : 0;
    return `${counted(count, "case")}, ${percent(share)} of the true class`;
  }

  swap(toggle) {
    this.isPercent = !this.isPercent;
    toggle.setAttribute("aria-pressed", String(this.isPercent));
    this.paint();
  }

  paint() {
    const [ground, full] = darkGround.matches && !printed.matches ? BLUE.dark : BLUE.light;
    this.cells.forEach((cells, place) =>
      cells.forEach((cell, answer) => {
        const true_ = this.rows[place];
        const count = this.counts[true_][answer];
        const share = this.totals[true_] ? count / this.totals[true_] : 0;
        const color = mixed(ground, full, share ** 0.6);
        cell.style.background = color;
        cell.style.color = inkOn(color);
        cell.textContent = count ? this.written(count, share) : "";
      }),
    );
  }

  written(count, share) {
    if (this.isPercent) return share < 0.005 ? "·" : (share * 100).toFixed(0);
    return count < 10_000 ? String(count) : `${Math.round(count / 1000)}k`;
  }

  choose(cell) {
    if (!cell) return;
    for (const other of this.node.querySelectorAll('[aria-selected="true"]'))
      other.removeAttribute("aria-selected");
    cell.setAttribute("aria-selected", "true");
    this.stop(cell);
    this.emit("cell", [Number(cell.dataset.row), Number(cell.dataset.column)]);
  }

  // One stop for the tab key; the arrows go from cell to cell.
  stop(cell) {
    this.current?.setAttribute("tabindex", "-1");
    cell.setAttribute("tabindex", "0");
    this.current = cell;
  }

  key(event) {
    const row = this.rows.indexOf(Number(this.current.dataset.row));
    const column = Number(this.current.dataset.column);
    const last = this.names.length - 1;
    const goal = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, last],
    }[event.key];
    if (event.key === "Enter" || event.key === " ") this.choose(this.current);
    else if (!goal) return;
    event.preventDefault();
    const cell = goal && this.cells[goal[0]]?.[goal[1]];
    if (!cell) return;
    this.stop(cell);
    cell.focus();
  }
}

function matrixPanel(found) {
  const matrix = new Matrix(found);
  const title = el("h3");
  const about = el("p", { class: "hint" });
  const cards = el("div", { class: "cell-cases" });
  const isOf = (place) => {
    const kept = new Set(matrix.classes);
    const own = matrix.classes[place];
    return own < 0 ? (id) => !kept.has(id) : (id) => id === own;
  };
  const show = (names, count, places) => {
    title.replaceChildren(named(names[0]), " predicted as ", named(names[1]));
    const said = [counted(count, "case")];
    const covered = places.reduce((sum, place) => sum + found.cases.count[place], 0);
    if (covered < count) said.push(`${covered.toLocaleString("en")} of them listed`);
    about.textContent = said.join(", ");
    cards.replaceChildren(...gallery(found, places, 8));
  };
  matrix.on("cell", ([row, column]) =>
    show(
      [matrix.names[row], matrix.names[column]],
      matrix.counts[row][column],
      found.casesOf(isOf(row), isOf(column)),
    ),
  );
  const choose = ([true_, answer, count]) =>
    show(
      [found.labels[true_], found.labels[answer]],
      count,
      found.casesOf(
        (id) => id === true_,
        (id) => id === answer,
      ),
    );
  if (matrix.pairs.length) choose(matrix.pairs[0]);
  return panel(
    "What is taken for what",
    "matrix-title",
    el(
      "p",
      { class: "hint" },
      "Rows are true, columns predicted; colours are shares of the row. Choose a cell to see its cases.",
    ),
    el(
      "div",
      { class: matrix.names.length >= WIDE_FROM ? "matrix-parts is-wide" : "matrix-parts" },
      matrix.node,
      el("div", { class: "cell" }, pairList(found, matrix.pairs, choose), el("div", { role: "status" }, title, about), cards),
    ),
  );
}

function pairList(found, pairs, choose) {
  if (!pairs.length) return el("p", {}, "Not one case is answered wrongly.");
  const items = pairs.map((pair, place) =>
    el(
      "li",
      { hidden: place >= FIRST_PAIRS },
      el(
        "button",
        { type: "button", class: "pair-button", onclick: () => choose(pair) },
        ...found.label(pair[0]),
        el("span", { class: "soft" }, "as"),
        ...found.label(pair[1]),
        el(
          "span",
          { class: "pair-count" },
          `${pair[2].toLocaleString("en")} (${percent(pair[2] / pair[3])})`,
        ),
      ),
    ),
  );
  const more = button(
    `Show all ${items.length}`,
    () => {
      for (const item of items) item.hidden = false;
      more.hidden = true;
      items[FIRST_PAIRS].firstChild.focus();
    },
    { class: "more", hidden: items.length <= FIRST_PAIRS },
  );
  return el(
    "div",
    { class: "pairs-box" },
    el("h3", {}, "Most frequent mistakes"),
    el("ul", { class: "pair-list" }, ...items),
    more,
  );
}
