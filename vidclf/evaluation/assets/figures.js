// Figures: those at the top, those of each class, how confidence holds, and values as dots.

function headlineList(found) {
  const cards = found.headlines.map(({ name, value, interval, hint }) =>
    el(
      "div",
      { class: "headline" },
      el("dt", {}, name),
      el("dd", { class: "headline-value" }, value),
      interval ? el("dd", { class: "headline-range" }, `95 %: ${interval}`) : null,
      hint ? el("dd", { class: "headline-hint" }, hint) : null,
    ),
  );
  return el("dl", { class: "headlines", "aria-label": "Figures" }, ...cards);
}

const three = (value) => value.toFixed(3);
const whole = (value) => value.toLocaleString("en");
const CLASS_COLUMNS = [
  ["support", "Cases", whole],
  ["precision", "Precision", three],
  ["recall", "Recall", three],
  ["f1", "F1", three],
  ["average_precision", "Average precision", three],
  ["threshold", "Threshold", told4],
  ["suggested_threshold", "Best threshold", told4],
  ["suggested_f1", "F1 there", three],
];
const VALUE_COLUMNS = [
  ["mae", "MAE", told4],
  ["rmse", "RMSE", told4],
  ["r2", "R²", three],
];
const FILTERED_FROM = 13;
const FIRST_ROWS = 25;

// A table whose heads sort it; what is not known stands last. Of many rows the first ones are shown.
class SortedTable {
  constructor(rows, columns, first) {
    Object.assign(this, { rows, columns, order: null, isDown: false, wanted: "", most: FIRST_ROWS });
    this.heads = [["label", first], ...columns].map(([key, name]) =>
      el(
        "th",
        { scope: "col", class: key === "label" ? "" : "is-number" },
        button(name, () => this.sort(key), { class: "sorter", "aria-label": name }),
      ),
    );
    this.body = el("tbody");
    this.node = el(
      "table",
      { class: "figure-table" },
      el("thead", {}, el("tr", {}, ...this.heads)),
      this.body,
    );
    this.more = button(`Show all ${rows.length.toLocaleString("en")}`, () => this.showAll(), {
      class: "more",
    });
    this.fill();
  }

  sort(key) {
    this.isDown = this.order === key ? !this.isDown : key === "support";
    this.order = key;
    const sign = this.isDown ? -1 : 1;
    const keys = ["label", ...this.columns.map(([own]) => own)];
    this.heads.forEach((head, place) => {
      if (keys[place] === key)
        head.setAttribute("aria-sort", this.isDown ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    const collator = new Intl.Collator(undefined, { numeric: true });
    this.rows.sort(({ figures: a }, { figures: b }) => {
      if (key === "label") return sign * collator.compare(a.label, b.label);
      if ((a[key] ?? null) === null || (b[key] ?? null) === null)
        return ((a[key] ?? null) === null) - ((b[key] ?? null) === null);
      return sign * (a[key] - b[key]);
    });
    this.fill();
  }

  fill() {
    const found = this.rows.filter(({ figures }) =>
      figures.label.toLocaleLowerCase().includes(this.wanted),
    );
    this.body.replaceChildren(...found.slice(0, this.most).map(({ node }) => node));
    this.more.hidden = found.length <= this.most;
  }

  showAll() {
    this.most = this.rows.length;
    this.fill();
    const [next] = this.body.querySelectorAll(`tr:nth-child(${FIRST_ROWS + 1})`);
    if (next) next.tabIndex = -1;
    next?.focus();
  }

  filter(wanted) {
    this.wanted = wanted;
    this.fill();
  }
}

function figureRow(figures, head, columns) {
  const cells = columns.map(([key, , tell]) => {
    const value = figures[key] ?? null;
    return el(
      "td",
      { class: "is-number" },
      value === null ? "–" : tell(value),
      key === "f1" && value !== null ? bar(value, "var(--accent)") : null,
    );
  });
  return { figures, node: el("tr", {}, el("th", { scope: "row" }, ...head), ...cells) };
}

function classPanel(found) {
  const isValue = found.task === "regression";
  const figures = isValue ? found.values.map((value) => value.figures) : found.rows;
  const all = isValue ? VALUE_COLUMNS : CLASS_COLUMNS;
  const columns = all.filter(([key]) => figures.some((row) => (row[key] ?? null) !== null));
  const noun = { classes: "class", multi_label: "label", regression: "value" }[found.task];
  const rows = figures.map((row) =>
    figureRow(row, isValue ? [named(row.label)] : found.label(row.id), columns),
  );
  const unused = isValue ? 0 : found.labels.length - rows.length;
  const table = new SortedTable(rows, columns, noun[0].toUpperCase() + noun.slice(1));
  const filter = el("input", {
    type: "search",
    placeholder: `Filter by ${noun}`,
    "aria-label": `Filter by ${noun}`,
    oninput: () => table.filter(filter.value.trim().toLocaleLowerCase()),
  });
  return panel(
    `Each ${noun}`,
    "classes-title",
    unused
      ? el("p", { class: "hint" }, `${unused.toLocaleString("en")} more have no case and were not answered.`)
      : null,
    rows.length >= FILTERED_FROM ? el("div", { class: "list-tools" }, filter) : null,
    el("div", { class: "scrolls", tabindex: 0, role: "group", "aria-label": `Figures of each ${noun}` }, table.node),
    table.more,
  );
}

function svg(name, about = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(about)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const CHART = { left: 44, top: 8, size: 260, counts: 54 };

function axisText(x, y, text, anchor = "middle") {
  return svg("text", { x, y, "text-anchor": anchor, class: "axis-text" }, text);
}

function reliabilityPanel(found) {
  const { counts, confidence, right, ece } = found.reliability;
  const bins = counts.length;
  const { left, top, size } = CHART;
  const y = (share) => top + size * (1 - share);
  const width = size / bins;
  const most = Math.max(...counts);
  const shapes = counts.flatMap((count, bin) => {
    if (!count) return [];
    const x = left + bin * width + 0.5;
    const [low, high] = [right[bin], confidence[bin]].sort((a, b) => a - b);
    const box = { x, width: width - 1 };
    const height = (CHART.counts * count) / most;
    return [
      svg("rect", { ...box, y: y(right[bin]), height: size * right[bin], class: "right-share" }),
      svg("rect", { ...box, y: y(high), height: Math.max(1, size * (high - low)), class: "gap-share" }),
      svg("rect", { ...box, y: y(0) + 24 + CHART.counts - height, height, class: "case-count" }),
    ];
  });
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((share) => [
    axisText(left - 6, y(share) + 4, score(share), "end"),
    axisText(left + size * share, y(0) + 16, score(share)),
  ]);
  const chart = svg(
    "svg",
    {
      viewBox: `0 0 ${left + size + 20} ${top + size + 30 + CHART.counts}`,
      class: "chart-svg",
      role: "img",
      "aria-label": `Share of right answers by confidence; the expected calibration error is ${ece.toFixed(3)}. The numbers are in the table.`,
    },
    ...shapes,
    svg("line", { x1: left, y1: y(0), x2: left + size, y2: y(1), class: "ideal" }),
    ...ticks,
  );
  const isLabels = found.task === "multi_label";
  return panel(
    "Is confidence what it says?",
    "reliability-title",
    el(
      "p",
      { class: "hint" },
      `Bars: ${isLabels ? "share of cases that have the label" : "share of right answers"} by confidence; orange: how far that is from the confidence; below: how many cases.`,
    ),
    chart,
    numbersOfBins({ counts, confidence, right }),
  );
}

function numbersOfBins({ counts, confidence, right }) {
  const bins = counts.length;
  const rows = counts.flatMap((count, bin) =>
    count
      ? [
          el(
            "tr",
            {},
            el("th", { scope: "row" }, `${score(bin / bins)} to ${score((bin + 1) / bins)}`),
            ...[whole(count), percent(confidence[bin]), percent(right[bin])].map((text) =>
              el("td", { class: "is-number" }, text),
            ),
          ),
        ]
      : [],
  );
  const heads = ["Confidence", "Cases", "On average", "Right"].map((name, place) =>
    el("th", { scope: "col", class: place ? "is-number" : null }, name),
  );
  return el(
    "details",
    {},
    el("summary", {}, "Numbers"),
    el(
      "table",
      { class: "figure-table" },
      el("thead", {}, el("tr", {}, ...heads)),
      el("tbody", {}, ...rows),
    ),
  );
}

// Predicted against true, a dot for each case.
function valueChart({ name, unit, truth, predicted }) {
  const { left, top, size } = CHART;
  const all = [...truth, ...predicted];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const { low: from, high: to } = roomFor(low, high);
  const at = (value) => (value - from) / (to - from);
  const step = niceStep((to - from) / 6);
  const ticks = [];
  for (let i = Math.ceil(from / step); i * step <= to; i += 1) {
    const text = valued(i * step, to - from);
    ticks.push(
      axisText(left - 6, top + size * (1 - at(i * step)) + 4, text, "end"),
      axisText(left + size * at(i * step), top + size + 16, text),
    );
  }
  const dots = truth.map((value, place) =>
    svg("circle", {
      cx: (left + size * at(value)).toFixed(1),
      cy: (top + size * (1 - at(predicted[place]))).toFixed(1),
      r: 2.2,
      class: "dot",
    }),
  );
  const chart = svg(
    "svg",
    {
      viewBox: `0 0 ${left + size + 20} ${top + size + 24}`,
      class: "chart-svg",
      role: "img",
      "aria-label": `Predicted against true ${name}, ${truth.length} cases`,
    },
    svg("line", { x1: left, y1: top + size, x2: left + size, y2: top, class: "ideal" }),
    ...dots,
    ...ticks,
  );
  const title = el("h3", {}, named(name), unit ? ` [${unit}]` : "");
  return el("div", { class: "value-chart" }, title, chart);
}

function roomFor(low, high) {
  const room = (high - low) * 0.04 || Math.abs(high) * 0.1 || 1;
  return { low: low - room, high: high + room };
}

function valuePanel(found) {
  return panel(
    "Predicted against true",
    "values-title",
    el("p", { class: "hint" }, "Right is what is true, up what was predicted; on the line they are the same."),
    el("div", { class: "value-charts" }, ...found.values.map(valueChart)),
  );
}
