// Record and save: the per-frame table of what is shown.

class RecordPanel {
  constructor(recorder, { onbegin }) {
    this.recorder = recorder;
    this.record = button("Record", () => (recorder.isOn ? recorder.end() : onbegin()), {
      class: "record",
      "aria-pressed": "false",
      disabled: true,
    });
    this.save = button("Save", () => this.saved(), { disabled: true });
    this.hint = el("p", { class: "hint" });
    this.node = panel(
      "Recording",
      "recording",
      el("div", { class: "line" }, this.record, this.save),
      this.hint,
    );
    this.show = eachFrame(() => this.paint());
    recorder.on("change", (why) => {
      this.why = why;
      this.show();
    });
    this.paint();
  }

  // Whether there is something to be recorded.
  enable(isPossible) {
    this.record.disabled = !isPossible && !this.recorder.isOn;
  }

  saved() {
    this.recorder.end();
    this.recorder.save();
    this.show();
  }

  paint() {
    const { recorder } = this;
    const count = recorder.rows.length;
    this.record.setAttribute("aria-pressed", String(recorder.isOn));
    this.save.disabled = !count;
    setText(this.record, recorder.isOn ? "Stop recording" : "Record");
    setText(this.hint, [count ? this.length(count) : this.empty(), this.why].filter(Boolean).join(" "));
  }

  length(count) {
    const { recorder } = this;
    const length = `${counted(count, "row")}, ${clock(recorder.seconds, 0)}.`;
    if (recorder.isOn) return length;
    return `${length} ${recorder.isSaved ? "Saved" : "To be saved"} as ${recorder.fileName}; the next recording begins anew.`;
  }

  empty() {
    return this.recorder.isOn
      ? "Waiting for the first frame."
      : "Keeps a row for each answer, and saves them as a table that vidclf reads.";
  }
}
