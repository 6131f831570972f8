// What was evaluated: cases, what is true of them and what was answered, and how a case is shown.

const FIRST_CASES = 12;
const MORE_CASES = 36;

class Evaluation {
  constructor(raw) {
    Object.assign(this, raw);
    this.count = this.fileOf.length;
  }

  color(label) {
    return this.colors[label] ?? UNCERTAIN;
  }

  label(id) {
    return [el("span", { class: "tag" }, chip(this.color(id)), named(this.labels[id]))];
  }

  // What is true of a case, or was answered: one label, several, or values.
  said(column, place) {
    const said = this.cases[column][place];
    if (this.task === "classes") return this.label(said);
    return said.length ? said.flatMap((id) => this.label(id)) : ["nothing"];
  }

  // What is true and what was said of a case, a line for each; of numbers for each value.
  lines(place) {
    if (this.task !== "regression")
      return [
        ["true", ...this.said("truth", place)],
        ["predicted", ...this.said("answer", place)],
        ...(this.cases.scores?.[place] ?? []).map(([id, value]) => [
          named(this.labels[id]),
          `scored ${percent(value)}`,
        ]),
      ];
    const [truth, answer] = [this.cases.truth[place], this.cases.answer[place]];
    return this.values.map(({ name, unit }, i) => [
      named(name),
      `${told4(answer[i])} instead of ${told4(truth[i])}${unit ? ` ${unit}` : ""}`,
    ]);
  }

  isWrong(place) {
    const [truth, answer] = [this.cases.truth[place], this.cases.answer[place]];
    return this.task === "regression" || String(truth) !== String(answer);
  }

  // The listed cases of some true and answered classes, the most confident first.
  casesOf(isTrue, isAnswered) {
    const { truth, answer } = this.cases;
    const all = Array.from({ length: this.listed }, (_, place) => place);
    return all.filter((place) => isTrue(truth[place]) && isAnswered(answer[place]));
  }
}

function told4(value) {
  return String(Number(value.toPrecision(4))).replace("-", "−");
}

// Where a case is found: its file, and in a clip the time.
function placeOf(found, place) {
  const [name, href] = found.files[found.fileOf[place]];
  const time = found.cases.time[place];
  const parts = name.split("/");
  const short = parts.slice(-2).join("/");
  const link = href
    ? el("a", { href: time === null ? href : `${href}#t=${time}`, title: name }, named(short))
    : named(short, { title: name });
  if (time === null) return [link];
  const frame = found.cases.frame[place];
  return [link, el("span", { class: "soft" }, ` ${clock(time, 2)}, frame ${frame.toLocaleString("en")}`)];
}

function caseCard(found, place) {
  const { confidence, count } = found.cases;
  const line = (name, ...said) =>
    el("span", { class: "case-line" }, el("span", { class: "soft" }, name), el("span", {}, ...said));
  const sure = confidence?.[place];
  return el(
    "li",
    { class: found.isWrong(place) ? "case" : "case case-right" },
    still(found.stills[place]),
    ...found.lines(place).map((said) => line(...said)),
    sure === undefined || sure === null ? null : line("confidence", percent(sure)),
    count[place] > 1 ? line("for", counted(count[place], "frame")) : null,
    el("span", { class: "case-place" }, ...placeOf(found, place)),
  );
}

// Cards in a grid, some at first and more on demand.
function gallery(found, places, first = FIRST_CASES) {
  const cards = el("ul", { class: "cases" });
  let shown = 0;
  const more = button("", () => add(MORE_CASES), { class: "more" });
  const add = (count) => {
    const added = places.slice(shown, shown + count).map((place) => caseCard(found, place));
    cards.append(...added);
    if (shown) {
      added[0].tabIndex = -1;
      added[0].focus();
    }
    shown += added.length;
    const rest = places.length - shown;
    const some = rest > MORE_CASES ? `${MORE_CASES} of ` : "";
    more.textContent = `Show ${some}${rest.toLocaleString("en")} more`;
    more.hidden = rest <= 0;
  };
  add(first);
  return [cards, more];
}
