// A label as it is shown: its colour and its name.

// Which of two tables says it.
function badge(side) {
  return el("span", { class: "badge" }, side);
}

// A label as it is shown everywhere: its colour and its name; of two tables both labels.
// An uncertain one has the grey and the mark that the video gives it.
function labelled(clip, label, isUncertain = false) {
  const pair = clip.pairs?.[label];
  if (isUncertain) return [chip(UNCERTAIN), marked(clip.labels[label])];
  if (!pair) return [chip(clip.color(label)), named(clip.labels[label])];
  const one = (own) => (own < 0 ? ["nothing"] : labelled(clip, own));
  const side = (name, own) => el("span", { class: "pair-side" }, badge(name), " ", ...one(own));
  return [el("span", { class: "pair" }, side("A", pair[0]), side("B", pair[1]))];
}

function marked(text) {
  const node = named(text);
  node.append(el("span", { class: "uncertain", title: "uncertain" }, " ?"));
  return node;
}
