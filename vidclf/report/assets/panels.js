// What stands beside the timeline: labels, moments to look at, and how the table came about.

const FIRST_LABELS = 6;
const FIRST_DOUBTS = 4;

function labelPanel(clip, list) {
  const rows = el("ul", { class: "labels" });
  const buttons = new Map();
  const show = (count) => {
    const shown = clip.shares.slice(0, count);
    rows.replaceChildren(
      ...shown.map((share) => el("li", {}, labelButton(clip, share, list, buttons))),
    );
    more.hidden = count >= clip.shares.length;
    markChosen(list.label);
  };
  const markChosen = (label) => {
    for (const [own, node] of buttons) node.setAttribute("aria-pressed", String(own === label));
  };
  const more = button(
    `Show all ${clip.shares.length.toLocaleString("en")} ${clip.isCompared ? "pairs" : "labels"}`,
    () => {
      show(clip.shares.length);
      rows.children[FIRST_LABELS].firstChild.focus();
    },
    { class: "more" },
  );
  list.on("label", markChosen);
  show(Math.min(FIRST_LABELS, clip.shares.length));
  return panel(
    clip.isCompared ? "What they say instead" : "Labels",
    "labels-title",
    el("p", { class: "hint" }, `${hintOf(clip)} Choose one to see it alone.`),
    rows,
    more,
  );
}

function hintOf(clip) {
  if (clip.isCompared) return "Share of the time in which A says one thing and B another.";
  return clip.kind === "labels"
    ? "Share of the time in which each holds; several may hold at once."
    : "Share of the time.";
}

function labelButton(clip, share, list, buttons) {
  const isUncertain = isMostlyUncertain(share);
  const color = isUncertain ? UNCERTAIN : clip.color(share.label);
  const part = clip.length ? share.seconds / clip.length : 0;
  const node = el(
    "button",
    { type: "button", class: "label", onclick: () => list.choose(share.label) },
    el("span", { class: "label-name" }, ...labelled(clip, share.label, isUncertain)),
    el("span", { class: "label-share" }, percent(part)),
    bar(part, color),
    el("span", { class: "label-more" }, moreOf(clip, share)),
  );
  buttons.set(share.label, node);
  return node;
}

function moreOf(clip, share) {
  if (clip.isCompared) return counted(share.count, "stretch", "stretches");
  const mean = share.seconds ? share.sum / share.seconds : 0;
  const threshold = clip.thresholds[share.label];
  const counts = threshold === undefined ? "" : `, counts from ${score(threshold / 1000)}`;
  return `${counted(share.count, "segment")}, mean confidence ${score(mean)}${doubtOf(share)}${counts}`;
}

function isMostlyUncertain(share) {
  return share.uncertain > share.seconds / 2;
}

function doubtOf(share) {
  if (!share.uncertain) return "";
  const isAll = share.uncertain > 0.999 * share.seconds;
  return isAll ? ", uncertain throughout" : `, uncertain for ${lasting(share.uncertain)}`;
}

function doubtPanel(clip, player) {
  const cards = clip.doubts.map((doubt, place) => {
    const [first, second] = doubtLines(doubt);
    return el(
      "li",
      { hidden: place >= FIRST_DOUBTS },
      el(
        "button",
        { type: "button", class: "doubt", onclick: () => player.seek(doubt.time) },
        still(doubt.still),
        el(
          "span",
          { class: "doubt-time" },
          clock(doubt.time, 2),
          el("span", { class: "soft" }, ` frame ${doubt.frame.toLocaleString("en")}`),
        ),
        first,
        second,
      ),
    );
  });
  const all = button(
    `Show all ${cards.length}`,
    () => {
      for (const card of cards) card.hidden = false;
      all.hidden = true;
      cards[FIRST_DOUBTS].firstChild.focus();
    },
    { class: "more", hidden: cards.length <= FIRST_DOUBTS },
  );
  const hints = {
    classes: "Where the first two answers are closest, or the only one is weakest.",
    labels: "Where a score is closest to its threshold.",
    values: "Where the values of A and B are furthest apart.",
  };
  const hint = hints[clip.kind];
  return panel(
    "Worth a look",
    "doubts-title",
    el("p", { class: "hint" }, hint),
    el("ul", { class: "doubts" }, ...cards),
    all,
  );
}

function doubtLines(doubt) {
  if (doubt.values) {
    const [a, b] = doubt.values;
    const line = (side, value) =>
      el("span", {}, `${side} ${valued(value, Math.abs(a - b), doubt.unit)}`);
    return [
      el("span", {}, named(doubt.name)),
      el("span", { class: "doubt-line" }, line("A", a), line("B", b)),
    ];
  }
  const line = (label, value) =>
    el(
      "span",
      { class: "doubt-line" },
      named(label),
      el("span", {}, `${(value / 10).toFixed(1)} %`),
    );
  const first = line(doubt.label, doubt.score);
  if (doubt.threshold !== undefined)
    return [
      first,
      el(
        "span",
        { class: "doubt-line soft" },
        "counts from",
        el("span", {}, score(doubt.threshold / 1000)),
      ),
    ];
  return [first, doubt.other === undefined ? null : line(doubt.other, doubt.otherScore)];
}

function factPanel(clip, version) {
  const groups = clip.facts.map((group) =>
    el(
      "div",
      { class: "facts" },
      el("h3", {}, group.name),
      el(
        "dl",
        {},
        ...group.rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, named(value))]),
      ),
    ),
  );
  const remarks = clip.remarks.length
    ? [
        el(
          "div",
          { class: "facts" },
          el("h3", {}, "Remarks"),
          el("ul", { class: "remarks" }, ...clip.remarks.map((text) => el("li", {}, named(text)))),
        ),
      ]
    : [];
  const made = el("p", { class: "hint" }, `Page made by vidclf ${version}.`);
  return panel(
    clip.isCompared ? "About the two runs" : "About this run",
    "facts-title",
    el("div", { class: "fact-groups" }, ...groups, ...remarks),
    made,
  );
}
