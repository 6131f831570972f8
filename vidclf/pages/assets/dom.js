// Elements. Whatever comes from data gets into the page as text, here and nowhere else.

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

// A name from the data: its direction is its own, whatever stands around it.
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

function panel(title, id, ...children) {
  return el(
    "section",
    { class: "panel", "aria-labelledby": id },
    el("h2", { id }, title),
    ...children,
  );
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
