// The page of an evaluation, from the figures of all cases to single ones.

function header(found) {
  return el(
    "header",
    { class: "top" },
    el("h1", {}, named(found.title)),
    el("p", { class: "soft" }, found.about),
  );
}

function mistakePanel(found) {
  const isValue = found.task === "regression";
  const title = isValue ? "Furthest off" : "Most confident mistakes";
  const many = found.counts.wrong.toLocaleString("en");
  const hint = isValue
    ? "Where prediction and truth are furthest apart, measured by how much the truth varies."
    : `Of ${many} wrong cases those of which the model was surest.`;
  const list = found.mistakes.length
    ? gallery(found, found.mistakes)
    : [el("p", {}, "There is none: all answers are right.")];
  return panel(title, "mistakes-title", el("p", { class: "hint" }, hint), ...list);
}

function comparisonPanel([verdict, ...figures]) {
  return panel(
    "Compared with another evaluation",
    "comparison-title",
    el("p", {}, named(verdict)),
    el("ul", {}, ...figures.map((line) => el("li", { class: "hint" }, line))),
  );
}

function aboutPanel(found) {
  const groups = found.facts.map((group) =>
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
  const told = (title, texts) =>
    texts.length
      ? el(
          "div",
          { class: "facts" },
          el("h3", {}, title),
          el("ul", { class: "remarks" }, ...texts.map((text) => el("li", {}, named(text)))),
        )
      : null;
  return panel(
    "About this evaluation",
    "facts-title",
    el(
      "div",
      { class: "fact-groups" },
      ...groups,
      told("Remarks", found.remarks),
      told("Left out, as they cannot be read", found.leftOut.map(([path, why]) => `${path}: ${why}`)),
    ),
    el("p", { class: "hint" }, `Page made by vidclf ${found.version}.`),
  );
}

async function main() {
  const found = new Evaluation(await readData());
  const parts = [
    found.comparison.length ? comparisonPanel(found.comparison) : null,
    found.clips.length ? clipPanel(found) : null,
    found.confusion ? matrixPanel(found) : null,
    mistakePanel(found),
    found.values.length ? valuePanel(found) : null,
    classPanel(found),
    found.reliability ? reliabilityPanel(found) : null,
    found.issues.length ? issuePanel(found) : null,
    found.duplicates.length ? duplicatePanel(found) : null,
    aboutPanel(found),
  ];
  const page = el("main", { class: "evaluation" }, header(found), headlineList(found), ...parts.filter(Boolean));
  document.getElementById("page").replaceChildren(page);
}

main();
