// The live page: a source is shown, its frames are sent, and what is answered is drawn over it.

class LivePage {
  constructor({ needsToken }) {
    this.token = new TokenForm((token) => this.connect(token));
    this.link = new Link(null);
    this.link.settings = { colors: true };
    this.sender = new Sender(this.link);
    this.recorder = new Recorder();
    this.notices = new Notices();
    this.speaker = new Speaker();
    this.screen = new Screen();
    this.pace = new Pace();
    this.settings = new SettingsPanel(this.link);
    this.record = new RecordPanel(this.recorder, { onbegin: () => this.beginRecording() });
    const onfile = (file) => this.show(sourceOf(file));
    this.transport = new Transport({
      oncamera: (camera) => this.show(camera),
      onstop: () => this.show(null),
      onfile,
      notices: this.notices,
    });
    this.node = this.layout();
    listenToDrops(this.screen.node, onfile);
    this.listen();
    if (needsToken && !this.token.kept) this.linkState({ state: "unauthorized" });
    else this.connect(this.token.kept);
  }

  layout() {
    this.title = el("h1", {}, "vidclf");
    this.about = el("p", { class: "soft" });
    this.state = el("p", { class: "link-state", role: "status" });
    return el(
      "main",
      { class: "live" },
      el("header", { class: "top" }, this.title, this.about, this.state),
      el(
        "div",
        { class: "stage" },
        this.token.node,
        this.notices.node,
        el("div", { class: "player" }, this.screen.node, this.transport.node),
        this.speaker.node,
      ),
      el("div", { class: "side" }, this.settings.node, this.record.node, this.pace.node),
    );
  }

  listen() {
    const { link, sender, recorder } = this;
    link.on("state", (now) => this.linkState(now));
    link.on("model", (model) => this.meet(model));
    link.on("configured", (now) => this.configured(now));
    link.on("problem", (problem) => this.notices.set("server", inWords(problem)));
    sender.on("answer", (answered) => this.answered(answered));
    recorder.on("change", () => this.recorderState());
    document.addEventListener("visibilitychange", () => this.seen());
    addEventListener("online", () => link.isReady || link.open());
    addEventListener("beforeunload", (event) => recorder.isSaved || event.preventDefault());
  }

  connect(token) {
    this.link.token = token;
    this.link.open();
  }

  connectAnew() {
    this.link.renew();
    this.link.open();
  }

  linkState({ state, seconds, problem }) {
    const { notices, link } = this;
    this.state.dataset.state = state;
    setText(this.state, { open: "Connected", connecting: "Connecting" }[state] ?? "Not connected");
    if (state === "open") notices.clear("link");
    else this.screen.card.clear(); // what was said last is not what is seen now
    if (state === "lost") {
      for (const about of ["server", "frame"]) notices.clear(about);
      const why = problem ? inWords(problem) : "The server cannot be reached.";
      const wait = `${why} Trying again in ${Math.ceil(seconds)} s.`;
      notices.set("link", wait, ["Try now", () => link.open()]);
    }
    if (state === "unauthorized") {
      notices.clear("server");
      this.token.ask(link.token ? "The server does not take this token." : undefined);
    }
    if (state === "session-taken") {
      notices.clear("server");
      notices.set("link", `${problem.title}.`, ["Go on here", () => this.connectAnew()]);
    }
  }

  meet(model) {
    if (model.digest !== this.model?.digest) this.recorder.end("Another model answers now.");
    this.model = model;
    const { head, labels, input_size: size } = model;
    const what = head === "regression" ? counted(labels.length, "value") : counted(labels.length, "label");
    setText(this.title, model.name);
    document.title = `${model.name} · vidclf`;
    setText(this.about, `${what} · looks at ${size.width} × ${size.height} pixels`);
    this.sender.snapshot.fitModel(size);
    if (head === "sigmoid") this.link.configure({ top_k: Math.min(MOST_ROWS, labels.length) });
  }

  configured({ columns }) {
    const { recorder } = this;
    const isOther = recorder.isOn && columns.join() !== recorder.columns.join();
    this.columns = columns;
    if (isOther) recorder.end("The table's columns are others now.");
    this.notices.clear("server");
    const isStill = this.source?.kind === "picture" || this.source?.node.paused;
    if (isStill && this.link.isReady) this.sender.again();
  }

  show(source) {
    this.source?.close();
    this.recorder.end();
    this.source = source;
    this.sender.begin();
    this.pace.clear();
    for (const about of ["frame", "source"]) this.notices.clear(about);
    this.screen.show(source);
    this.transport.show(source);
    this.recorderState();
    if (!source) return;
    this.name = source.kind === "camera" ? `camera_${stampOfNow()}` : [...source.name].slice(-200).join("");
    this.link.settings.name = this.name;
    source.on("frame", (seconds) => this.frame(source, seconds));
    source.on("state", () => this.clipState());
    source.on("broken", () => this.broken(source));
    source.on("end", () => this.lostCamera());
    this.link.renew();
  }

  frame(source, seconds) {
    if (source === this.source && !document.hidden) this.sender.offer(source, seconds);
  }

  broken(source) {
    const what = `This browser cannot open ${source.name}: \`vidclf annotate\` may, as it decodes more.`;
    this.show(null);
    this.notices.set("source", what);
  }

  lostCamera() {
    this.show(null);
    this.notices.set("camera", "The camera was taken away: plug it in, or allow it, and press again.");
  }

  answered({ answer, frame, took }) {
    if (answer.error) {
      this.notices.set("frame", inWords(answer.error));
      return;
    }
    this.notices.clear("frame");
    if (answer.type !== "prediction" || !this.source) return;
    this.screen.answer(answer, this.model, frame.seconds);
    this.pace.add(took, answer.ms, this.sender.skipped);
    if (answer.row) this.recorder.add(frame.seconds, answer.row);
    this.speak(answer);
    this.clipState();
  }

  speak({ labels, label, confidence, certain, values }) {
    if (values) return;
    const all = labels?.length ? labels.join(", ") : label;
    const text = certain ? all : `uncertain, perhaps ${all}`;
    this.speaker.say(text, labels?.length ? text : `${text}, ${score(confidence)}`);
  }

  beginRecording() {
    if (!this.columns) return;
    this.link.configure({ rows: true });
    this.recorder.begin(this.name, this.columns);
  }

  recorderState() {
    const { isOn } = this.recorder;
    this.record.enable(Boolean(this.source));
    this.settings.topK.hold(isOn); // the number of columns goes by it
    if (!isOn && this.link.settings.rows) this.link.configure({ rows: false });
  }

  // What was shown last is recorded before the recording ends with its video.
  clipState() {
    const { source, sender, recorder } = this;
    const isOver = source?.kind === "clip" && source.node.ended && !sender.isBusy;
    if (isOver) recorder.end("The video is over.");
  }

  // A tab that nobody sees sends nothing; a video waits for its visitor.
  seen() {
    const { source } = this;
    if (document.hidden) this.sender.rest();
    if (source?.kind !== "clip") return;
    if (document.hidden) {
      this.isHeld = !source.node.paused;
      source.node.pause();
    } else if (this.isHeld) source.toggle();
  }
}

function inWords({ title, detail }) {
  const isSaidTwice = detail.toLowerCase().startsWith(title.toLowerCase());
  return isSaidTwice ? `${title}${detail.slice(title.length)}.` : `${title}: ${detail}.`;
}

function stampOfNow() {
  const now = new Date();
  const local = new Date(now - now.getTimezoneOffset() * 60_000).toISOString();
  return local.slice(0, 19).replace("T", "_").replaceAll(":", "-");
}

async function main() {
  document.getElementById("page").replaceChildren(new LivePage(await readData()).node);
}

main();
