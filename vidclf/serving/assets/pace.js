// How fast it goes: over the last seconds, as more would not tell of now.

const PACE_SECONDS = 3;

class Pace {
  constructor() {
    this.parts = {
      rate: el("dd", {}, "–"),
      delay: el("dd", {}, "–"),
      model: el("dd", {}, "–"),
      skipped: el("dd", {}, "–"),
    };
    const { rate, delay, model, skipped } = this.parts;
    const pair = (name, value) => el("div", { class: "fact" }, el("dt", {}, name), value);
    this.node = panel(
      "Pace",
      "pace",
      el(
        "dl",
        { class: "pace" },
        pair("Frames a second", rate),
        pair("Answered after", delay),
        pair("Of it the model", model),
        pair("Frames skipped", skipped),
      ),
      el("p", { class: "hint" }, "Frames are skipped rather than kept waiting: the newest goes next."),
    );
    this.clear();
    setInterval(() => this.show(), 500);
  }

  clear() {
    this.answers = [];
    this.skipped = 0;
    this.show();
  }

  add(took, ms, skipped) {
    this.answers.push({ at: performance.now(), took, infer: ms.infer });
    this.skipped = skipped;
  }

  show() {
    const { rate, delay, model, skipped } = this.parts;
    const now = performance.now();
    this.answers = this.answers.filter(({ at }) => now - at < PACE_SECONDS * 1000);
    const count = this.answers.length;
    const seconds = count > 1 ? (this.answers[count - 1].at - this.answers[0].at) / 1000 : 0;
    setText(rate, seconds ? ((count - 1) / seconds).toFixed(1) : "–");
    setText(delay, count ? `${Math.round(median(this.answers.map(({ took }) => took)))} ms` : "–");
    setText(model, count ? `${median(this.answers.map(({ infer }) => infer)).toFixed(1)} ms` : "–");
    setText(skipped, count || this.skipped ? this.skipped.toLocaleString("en") : "–");
  }
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
