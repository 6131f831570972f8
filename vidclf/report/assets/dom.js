// Elements. Whatever comes from a table gets into the page as text, here and nowhere else.

function el(name, about = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(about)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// A name from the table: its direction is its own, whatever stands around it.
function named(text, about = {}) {
  return el("bdi", about, text === "" ? "(empty)" : text);
}

function button(text, onclick, about = {}) {
  return el("button", { type: "button", onclick, ...about }, text);
}

// A square in a label's colour, with an edge that shows on any ground.
function chip(color) {
  const node = el("span", { class: "chip", "aria-hidden": "true" });
  node.style.background = color;
  return node;
}

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

function bar(share, color) {
  const fill = el("span", { class: "bar-fill" });
  fill.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  fill.style.background = color;
  return el("span", { class: "bar", "aria-hidden": "true" }, fill);
}

function still(picture, about = {}) {
  const empty = el("span", { class: "still still-none", "aria-hidden": "true" });
  if (!picture) return empty;
  return el("img", { class: "still", src: `data:image/webp;base64,${picture}`, alt: "", ...about });
}

class Events {
  constructor() {
    this.listeners = {};
  }

  on(name, listener) {
    (this.listeners[name] ??= []).push(listener);
  }

  emit(name, value) {
    for (const listener of this.listeners[name] ?? []) listener(value);
  }
}

// Calls at most once a frame, however often it is asked.
function eachFrame(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}
