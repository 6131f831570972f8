// The page: one clip, or an overview of several and each of them.

const MOST_SHOWN = 4;

class ClipPage {
  constructor(clip, { version, isOneOfMany }) {
    this.clip = clip;
    this.player = new Player(clip);
    this.timeline = new Timeline(clip, this.player);
    this.list = clip.kind === "values" ? null : new SegmentList(clip, this.player);
    this.list?.on("label", (label) => this.timeline.highlight(label));
    this.node = el(
      "main",
      { class: "clip-page" },
      this.header(isOneOfMany),
      el(
        "div",
        { class: "stage" },
        el("div", { class: "player" }, this.player.node, this.timeline.strip, this.transport()),
        this.timeline.node,
        keyHelp(clip),
      ),
      el("div", { class: "side" }, ...this.panels(version)),
    );
    this.stop = new AbortController();
    listenToKeys(this, this.stop.signal);
    this.player.on("time", (time) => this.readout(time));
    this.player.on("state", () => this.showState());
    this.showState();
    this.readout(clip.start);
  }

  header(isOneOfMany) {
    const { clip } = this;
    const back = isOneOfMany ? [el("a", { class: "back", href: "#" }, "All clips")] : [];
    return el(
      "header",
      { class: "top" },
      ...back,
      el("h1", {}, named(clip.video)),
      el("p", { class: "soft" }, aboutClip(clip)),
    );
  }

  transport() {
    const { clip, player } = this;
    const step = (direction) => player.seek(neighbour(clip, player.time, direction));
    this.play = button("Play", () => player.toggle(), { class: "play" });
    this.time = el("span", { class: "time" });
    this.now = el("span", { class: "now" });
    const steps = clip.count
      ? [
          button("‹", () => step(-1), {
            "aria-label": "Previous segment",
            title: "Previous segment (↑)",
          }),
          button("›", () => step(1), { "aria-label": "Next segment", title: "Next segment (↓)" }),
        ]
      : [];
    return el("div", { class: "transport" }, this.play, ...steps, this.time, this.now);
  }

  panels(version) {
    const { clip, player, list } = this;
    const about = factPanel(clip, version);
    const doubts = clip.doubts.length ? [doubtPanel(clip, player)] : [];
    const lists = list ? [labelPanel(clip, list), ...doubts, list.node] : doubts;
    return [...lists, about];
  }

  showState() {
    this.play.hidden = !this.player.hasVideo;
    this.play.textContent = this.player.isPlaying ? "Pause" : "Play";
  }

  readout(time) {
    const { clip } = this;
    this.time.textContent = `${clock(time, 2)} / ${clock(clip.end, 2)}`;
    const said = clip.saidAt(time);
    const shown = said
      .slice(0, MOST_SHOWN)
      .map(({ place, side }) => ({ place, side, sure: score(clip.sureness(place, time, side)) }));
    const isUncertain = clip.isUncertainAt(time);
    const key = shown.map(({ place, sure }) => `${place} ${sure} ${isUncertain}`).join();
    if (key === this.key) return;
    this.key = key;
    const held = shown.map(({ place, side, sure }) =>
      el(
        "span",
        { class: "share" },
        ...(side ? [badge(side), " "] : []),
        ...labelled(clip, clip.label[place], isUncertain),
        ` ${sure}`,
      ),
    );
    const rest = said.length > MOST_SHOWN ? [`and ${said.length - MOST_SHOWN} more`] : [];
    this.now.replaceChildren(...held, ...rest);
  }

  close() {
    this.stop.abort();
    this.player.close();
  }
}

async function main() {
  const data = await readData();
  const clips = data.clips.map((raw) => new Clip(raw));
  const place = document.getElementById("page");
  const title = document.title;
  const isOneOfMany = clips.length > 1;
  let overview = null;
  let shown = null;
  const show = () => {
    const number = isOneOfMany ? Number(location.hash.slice(1)) : 1;
    shown?.close();
    shown = null;
    if (clips[number - 1]) {
      shown = new ClipPage(clips[number - 1], { version: data.version, isOneOfMany });
      document.title = clips[number - 1].video;
    } else {
      overview ??= overviewOf(clips);
      document.title = title;
    }
    place.replaceChildren((shown ?? { node: overview }).node);
    scrollTo(0, 0);
  };
  if (isOneOfMany) addEventListener("hashchange", show);
  show();
}

main();
