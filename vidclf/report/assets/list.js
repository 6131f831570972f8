// The list of segments: what is looked for, in the order that is wanted, a page at a time.

const ROWS_A_PAGE = 100;
const ORDERS = {
  start: (clip) => (a, b) => clip.from[a] - clip.from[b] || a - b,
  label: (clip) => {
    const collator = new Intl.Collator();
    const order = clip.labels.map((_, label) => label);
    order.sort((a, b) => collator.compare(clip.labels[a], clip.labels[b]));
    const rank = order.reduce((ranks, label, place) => ((ranks[label] = place), ranks), []);
    return (a, b) => rank[clip.label[a]] - rank[clip.label[b]] || a - b;
  },
  length: (clip) => (a, b) => clip.to[a] - clip.from[a] - (clip.to[b] - clip.from[b]) || a - b,
  confidence: (clip) => (a, b) => clip.mean[a] - clip.mean[b] || a - b,
};
const COLUMNS = [
  ["label", "Label"],
  ["start", "Start"],
  ["length", "Length"],
  ["confidence", "Confidence"],
];

const SHORT_NAMES = { Confidence: "Conf." };

function unbroken(text) {
  return el("span", { class: "unbroken" }, text);
}

class SegmentList extends Events {
  constructor(clip, player) {
    super();
    Object.assign(this, {
      clip,
      player,
      page: 0,
      order: "start",
      isDown: false,
      label: null,
      current: [],
    });
    this.listed = clip.listed;
    this.build();
    this.refresh();
    player.on("time", (time) => this.mark(time));
  }

  build() {
    const { clip } = this;
    this.filter = el("input", {
      type: "search",
      placeholder: "Filter by label",
      "aria-label": "Filter by label",
      oninput: () => this.search(),
    });
    this.chosen = el("span", { class: "chosen", hidden: true });
    this.status = el("p", { class: "status", role: "status" });
    this.heads = COLUMNS.map(([order, name]) =>
      el(
        "th",
        { scope: "col", class: `col-${order}` },
        button(name, () => this.sort(order), {
          class: "sorter",
          "aria-label": name,
          "data-short": SHORT_NAMES[name] ?? name,
        }),
      ),
    );
    this.body = el("tbody", {
      onclick: (event) => this.clicked(event),
      onkeydown: (event) => this.key(event),
    });
    const table = el(
      "table",
      { class: "segments" },
      el("thead", {}, el("tr", {}, ...this.heads)),
      this.body,
    );
    this.earlier = button("Previous", () => this.turn(-1), { "aria-label": "Previous page" });
    this.later = button("Next", () => this.turn(1), { "aria-label": "Next page" });
    this.place = el("span", { class: "place" });
    this.pager = el("div", { class: "pager" }, this.earlier, this.place, this.later);
    this.now = button("Show current", () => this.reveal(), {
      title: "Go to the segment at the cursor",
    });
    const tools = el("div", { class: "list-tools" }, this.filter, this.chosen, this.now);
    this.node = el(
      "section",
      { class: "panel segment-list", "aria-labelledby": "segments-title" },
      el("h2", { id: "segments-title" }, clip.isCompared ? "Where they differ" : "Segments"),
      tools,
      this.status,
      table,
      this.pager,
    );
  }

  search() {
    this.label = null;
    this.page = 0;
    this.refresh();
    this.emit("label", null);
  }

  choose(label) {
    this.label = this.label === label ? null : label;
    this.filter.value = "";
    this.page = 0;
    this.refresh();
    this.emit("label", this.label);
  }

  sort(order) {
    this.isDown = this.order === order ? !this.isDown : order === "length";
    this.order = order;
    this.page = 0;
    this.refresh();
  }

  refresh() {
    const wanted = this.filter.value.trim().toLocaleLowerCase();
    const fits = this.clip.labels.map((name, label) =>
      this.label === null ? name.toLocaleLowerCase().includes(wanted) : label === this.label,
    );
    this.found = Array.from(this.listed).filter((place) => fits[this.clip.label[place]]);
    const compare = ORDERS[this.order](this.clip);
    this.found.sort(this.isDown ? (a, b) => compare(b, a) : compare);
    this.showChosen();
    this.heads.forEach((head, place) => {
      const isSorted = COLUMNS[place][0] === this.order;
      if (isSorted) head.setAttribute("aria-sort", this.isDown ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    this.show();
  }

  showChosen() {
    this.chosen.hidden = this.label === null;
    if (this.label === null) return;
    const { clip, label } = this;
    this.chosen.replaceChildren(
      ...labelled(clip, label),
      button("×", () => this.choose(label), { "aria-label": "Show all labels again" }),
    );
  }

  get pages() {
    return Math.max(1, Math.ceil(this.found.length / ROWS_A_PAGE));
  }

  show() {
    const first = this.page * ROWS_A_PAGE;
    this.shown = this.found.slice(first, first + ROWS_A_PAGE);
    this.body.replaceChildren(...this.shown.map((place) => this.row(place)));
    const all = this.listed.length;
    const some = this.found.length < all ? `${this.found.length.toLocaleString("en")} of ` : "";
    this.status.textContent =
      some +
      counted(
        all,
        this.clip.isCompared ? "stretch" : "segment",
        this.clip.isCompared ? "stretches" : "segments",
      ) +
      this.aboutStills();
    this.pager.hidden = this.pages < 2;
    this.place.textContent = `${(first + 1).toLocaleString("en")}–${(first + this.shown.length).toLocaleString("en")} of ${this.found.length.toLocaleString("en")}`;
    this.earlier.disabled = this.page === 0;
    this.later.disabled = this.page >= this.pages - 1;
    this.mark(this.player.time);
  }

  aboutStills() {
    const made = Object.keys(this.clip.stills).length;
    if (!made || made >= this.listed.length) return "";
    return `, ${made.toLocaleString("en")} of them with a picture`;
  }

  row(place) {
    const { clip } = this;
    const label = clip.label[place];
    const isUncertain = clip.isMostlyUncertain(place);
    const jump = el(
      "button",
      { type: "button", class: "jump", tabindex: -1 },
      ...labelled(clip, label, isUncertain),
    );
    const sure = clip.isCompared
      ? [unbroken(`${score(clip.mean[place])} /`), " ", unbroken(score(clip.best[place]))]
      : [
          bar(clip.mean[place], isUncertain ? UNCERTAIN : clip.color(label)),
          unbroken(score(clip.mean[place])),
        ];
    return el(
      "tr",
      { "data-place": place },
      el("td", { class: "col-label" }, still(clip.stills[place]), jump),
      el("td", { class: "col-start" }, clock(clip.from[place], 2)),
      el("td", { class: "col-length" }, lasting(clip.to[place] - clip.from[place])),
      el("td", { class: "col-confidence" }, ...sure),
    );
  }

  turn(by) {
    this.page = Math.max(0, Math.min(this.page + by, this.pages - 1));
    this.show();
    this.node.scrollIntoView({ block: "start" });
  }

  clicked(event) {
    const row = event.target.closest("tr");
    if (!row) return;
    this.goTo(row);
  }

  goTo(row) {
    this.player.seek(this.clip.from[Number(row.dataset.place)]);
    this.focusRow(row);
  }

  // One stop for the tab key; the arrows go from row to row and from page to page.
  key(event) {
    const row = event.target.closest("tr");
    const goal = {
      ArrowDown: row?.nextElementSibling,
      ArrowUp: row?.previousElementSibling,
      Home: this.body.firstChild,
      End: this.body.lastChild,
    };
    if (!row || !(event.key in goal)) return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.key === "ArrowDown" ? 1 : -1;
    const page = this.page + by;
    if (goal[event.key]) this.goTo(goal[event.key]);
    else if (page >= 0 && page < this.pages) {
      this.turn(by);
      this.goTo(by > 0 ? this.body.firstChild : this.body.lastChild);
    }
  }

  focusRow(row) {
    this.makeStop(row);
    row.querySelector(".jump").focus();
  }

  makeStop(row) {
    for (const jump of this.body.querySelectorAll('.jump[tabindex="0"]')) jump.tabIndex = -1;
    if (row) row.querySelector(".jump").tabIndex = 0;
  }

  mark(time) {
    const now = new Set(this.clip.segmentsAt(time));
    for (const row of this.body.children) {
      const isNow = now.has(Number(row.dataset.place));
      if (isNow !== row.hasAttribute("aria-current"))
        if (isNow) row.setAttribute("aria-current", "true");
        else row.removeAttribute("aria-current");
    }
    if (!this.body.contains(document.activeElement))
      this.makeStop(this.body.querySelector("[aria-current]") ?? this.body.firstChild);
  }

  // Turns to the page of the segment at the cursor, and shows all labels if it is not among those listed.
  reveal() {
    const [place] = this.clip.segmentsAt(this.player.time).filter((one) => one >= this.listed[0]);
    if (place === undefined) return;
    if (!this.found.includes(place)) {
      [this.label, this.filter.value] = [null, ""];
      this.refresh();
      this.emit("label", null);
    }
    this.page = Math.max(0, Math.floor(this.found.indexOf(place) / ROWS_A_PAGE));
    this.show();
    const row = this.body.querySelector(`[data-place="${place}"]`);
    row?.scrollIntoView({ block: "center" });
    if (row) this.focusRow(row);
  }
}
