// Keeps the rows that the server sends, for a table that `vidclf.read_predictions` takes.

const MOST_ROW_CHARACTERS = 50_000_000;

class Recorder extends Events {
  constructor() {
    super();
    this.isOn = false;
    this.forget();
  }

  forget() {
    Object.assign(this, { rows: [], characters: 0, isSaved: true, columns: null });
  }

  begin(name, columns) {
    this.forget();
    Object.assign(this, { name, columns, isOn: true });
    this.emit("change");
  }

  end(why = "") {
    if (!this.isOn) return;
    this.isOn = false;
    this.emit("change", why);
  }

  // What is played once more takes the place of what was recorded from there on.
  add(seconds, cells) {
    if (!this.isOn || cells.length !== this.columns.length) return;
    while (this.rows.at(-1)?.seconds >= seconds) this.characters -= this.rows.pop().rest.length;
    const [, , ...others] = cells;
    const row = { seconds, rest: others.map(csvCell).join(",") };
    this.rows.push(row);
    this.characters += row.rest.length;
    this.isSaved = false;
    if (this.characters > MOST_ROW_CHARACTERS)
      this.end("The recording has 50 million characters, the most a page keeps: save it.");
    else this.emit("change");
  }

  get seconds() {
    return this.rows.length ? this.rows.at(-1).seconds - this.rows[0].seconds : 0;
  }

  get fileName() {
    return `${this.name.replace(/(?<=.)\.[^.]*$/, "")}_predictions.csv`;
  }

  // Frames are counted from 0, as what was played twice had some removed.
  file() {
    const video = csvCell(this.name);
    const lines = this.rows.map(({ rest }, number) => `${video},${number},${rest}\n`);
    return new Blob([this.columns.map(csvCell).join(","), "\n", ...lines], { type: "text/csv" });
  }

  save() {
    const address = URL.createObjectURL(this.file());
    el("a", { href: address, download: this.fileName }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    this.isSaved = true;
  }
}

function csvCell(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
