// What to look at in the data: labels that are likely wrong, and pictures that look alike.

const FIRST_ISSUES = 12;
const FIRST_DUPLICATES = 6;

// Items in a list, the first ones and then all.
function foldedList(items, first, about = {}) {
  items.forEach((item, place) => (item.hidden = place >= first));
  const more = button(
    `Show all ${items.length}`,
    () => {
      for (const item of items) item.hidden = false;
      more.hidden = true;
      items[first].tabIndex = -1;
      items[first].focus();
    },
    { class: "more", hidden: items.length <= first },
  );
  return [el("ul", about, ...items), more];
}

function shownOf(shown, all) {
  return shown < all ? ` The first ${shown} of ${all.toLocaleString("en")}.` : "";
}

function issuePanel(found) {
  const cards = found.issues.map(({ case: place, given, suggested, margin }) => {
    const line = (name, id) =>
      el(
        "span",
        { class: "case-line" },
        el("span", { class: "soft" }, name),
        el("span", {}, ...found.label(id)),
      );
    return el(
      "li",
      { class: "case" },
      still(found.stills[place]),
      line("label", given),
      line("rather", suggested),
      el(
        "span",
        { class: "case-line" },
        el("span", { class: "soft" }, "score apart"),
        el("span", {}, percent(margin)),
      ),
      el("span", { class: "case-place" }, ...placeOf(found, place)),
    );
  });
  return panel(
    "Labels that are likely wrong",
    "issues-title",
    el(
      "p",
      { class: "hint" },
      `The model is surer of another class than it is for most cases of that class. Look before you correct the data.${shownOf(cards.length, found.counts.issues)}`,
    ),
    ...foldedList(cards, FIRST_ISSUES, { class: "cases" }),
  );
}

function duplicatePanel(found) {
  const side = (place) =>
    el(
      "div",
      { class: "twin" },
      still(found.stills[place]),
      el("span", { class: "case-said" }, ...found.said("truth", place)),
      el("span", { class: "case-place" }, ...placeOf(found, place)),
    );
  const differ = ([a, b]) => String(found.cases.truth[a]) !== String(found.cases.truth[b]);
  const items = found.duplicates.map((pair) =>
    el(
      "li",
      { class: "twins" },
      ...pair.map(side),
      differ(pair) ? el("span", { class: "twins-note" }, "alike, with different labels") : null,
    ),
  );
  return panel(
    "Pictures that look alike",
    "duplicates-title",
    el(
      "p",
      { class: "hint" },
      `The same shot twice counts twice, and one in each half of a split flatters the figures.${shownOf(items.length, found.counts.duplicates)}`,
    ),
    ...foldedList(items, FIRST_DUPLICATES, { class: "twin-list" }),
  );
}
