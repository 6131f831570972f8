// What the page has to say in sentences, each line about something else, and heard as well.

class Notices {
  constructor() {
    this.node = el("div", { class: "notices", role: "status" });
    this.lines = new Map();
  }

  // action: [text, what is done], for a button behind the sentence.
  set(about, text, action = null) {
    if (this.lines.get(about)?.dataset.text === text) return;
    this.clear(about);
    const act = action && button(action[0], action[1]);
    const line = el("p", { class: "notice", "data-text": text }, el("span", {}, text), act);
    this.lines.set(about, line);
    this.node.append(line);
  }

  clear(about) {
    this.lines.get(about)?.remove();
    this.lines.delete(about);
  }
}

// Says a new label aloud, at most once a second: what came between is not worth hearing.
const SPOKEN_EVERY_MS = 1000;

class Speaker {
  constructor() {
    this.node = el("p", { class: "unseen", role: "status" });
    this.label = "";
    this.at = -Infinity;
  }

  say(label, text) {
    this.next = { label, text };
    if (label === this.label || this.timer) return;
    const wait = Math.max(0, this.at + SPOKEN_EVERY_MS - performance.now());
    this.timer = setTimeout(() => this.speak(), wait);
  }

  speak() {
    this.timer = null;
    if (this.next.label === this.label) return;
    this.label = this.next.label;
    this.at = performance.now();
    this.node.textContent = this.next.text;
  }
}
