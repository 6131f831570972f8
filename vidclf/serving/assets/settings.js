// What the visitor may set: from where a label is certain, how long is smoothed over, how many
// answers are shown.

const SETTLED_MS = 150;
const LONGEST_SMOOTHING_SECONDS = 3;
const MOST_ANSWERS = 8;
const CERTAIN_FROM = 0.3;
const COUNTS_FROM = 0.5;

class Slider {
  constructor(id, name, { max, step, min = 0, format, onset }) {
    this.format = format;
    this.value = el("output", { for: id });
    this.input = el("input", { type: "range", id, min, max, step, disabled: true });
    this.input.addEventListener("input", () => {
      this.say();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.timer = null;
        onset(Number(this.input.value));
      }, SETTLED_MS);
    });
    this.name = el("label", { for: id }, name);
    this.node = el("div", { class: "slider" }, this.name, this.value, this.input);
  }

  set(value) {
    this.isKnown = true;
    this.hold(this.isHeld);
    if (this.timer) return;
    this.input.value = value;
    this.say();
  }

  // Keep it from being moved.
  hold(isHeld = false) {
    this.isHeld = isHeld;
    this.input.disabled = isHeld || !this.isKnown;
  }

  say() {
    const text = this.format(Number(this.input.value));
    this.value.textContent = text;
    this.input.setAttribute("aria-valuetext", text);
  }
}

class SettingsPanel {
  constructor(link) {
    const slider = (id, name, about) =>
      new Slider(id, name, { ...about, onset: (value) => link.configure({ [id]: value }) });
    this.threshold = slider("threshold", "Uncertain below", { max: 1, step: 0.01, format: score });
    this.smooth = slider("smooth", "Smooth over", {
      max: LONGEST_SMOOTHING_SECONDS,
      step: 0.1,
      format: (seconds) => `${seconds.toFixed(1)} s`,
    });
    this.topK = slider("top_k", "Answers", { min: 1, max: MOST_ANSWERS, step: 1, format: String });
    const { threshold, smooth, topK } = this;
    this.node = panel("Settings", "settings", threshold.node, smooth.node, topK.node);
    link.on("model", (model) => this.suit(model));
    link.on("configured", (now) => this.show(now));
  }

  suit({ head, labels, thresholds }) {
    this.ownThreshold = head === "sigmoid" ? COUNTS_FROM : CERTAIN_FROM;
    this.hasOwnThresholds = head === "sigmoid" && thresholds !== null;
    this.threshold.node.hidden = head === "regression";
    this.threshold.name.textContent = head === "sigmoid" ? "Labels count from" : "Uncertain below";
    this.topK.node.hidden = head === "regression" || head === "sigmoid";
    this.topK.input.max = Math.min(MOST_ANSWERS, labels.length);
  }

  show({ threshold, smooth, top_k: topK }) {
    this.smooth.set(smooth);
    this.topK.set(topK);
    this.threshold.set(threshold ?? this.ownThreshold);
    if (threshold === null && this.hasOwnThresholds)
      this.threshold.value.textContent = "each its own";
  }
}
