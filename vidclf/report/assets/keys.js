// Keys for the whole page; each is left alone where an element has its own use for it.

const KEYS = [
  ["Space", "play or pause"],
  ["← →", "one second back or on"],
  [", .", "one frame back or on"],
  ["↑ ↓", "previous or next segment; in the list: row by row"],
  ["Home End", "beginning or end"],
  ["+ − 0", "zoom in, zoom out, whole clip"],
  ["/", "filter the list"],
];

function listenToKeys({ clip, player, timeline, list }, signal) {
  const { view } = timeline;
  const frame = usualStep(clip);
  const go = (time) => player.seek(time);
  const actions = {
    " ": () => player.toggle(),
    ArrowLeft: () => go(player.time - 1),
    ArrowRight: () => go(player.time + 1),
    ArrowUp: () => go(neighbour(clip, player.time, -1)),
    ArrowDown: () => go(neighbour(clip, player.time, 1)),
    ",": () => go(player.time - frame),
    ".": () => go(player.time + frame),
    Home: () => go(clip.start),
    End: () => go(clip.end),
    "+": () => view.zoom(ZOOM_STEP, player.time),
    "=": () => view.zoom(ZOOM_STEP, player.time),
    "-": () => view.zoom(1 / ZOOM_STEP, player.time),
    0: () => view.whole(),
    "/": () => list?.filter.focus(),
  };
  const pressed = (event) => {
    const act = actions[event.key];
    if (event.key === " " && !player.hasVideo) return;
    if (!act || event.ctrlKey || event.metaKey || event.altKey || hasOwnUse(event)) return;
    event.preventDefault();
    act();
  };
  document.addEventListener("keydown", pressed, { signal });
}

// The arrows scroll the page unless the timeline or the video has the focus.
function hasOwnUse({ key, target }) {
  if (target.matches("input, select, textarea, summary")) return true;
  if (target.matches("video")) return key === " " || key.startsWith("Arrow");
  if (target.matches("button, a"))
    return key === " " || key.startsWith("Arrow") || key === "Home" || key === "End";
  if (target.matches('[role="slider"]')) return false;
  return ["ArrowUp", "ArrowDown", "Home", "End"].includes(key);
}

function usualStep(clip) {
  return clip.frameSeconds || 0.04;
}

// Where the segment before or after the cursor begins.
function neighbour(clip, time, direction) {
  const starts =
    clip.starts ??
    (clip.starts = Float64Array.from(
      new Set(Array.from(clip.listed, (place) => clip.from[place])),
    ).sort());
  const here = countUpTo(starts, time + 1e-4) - 1;
  if (direction > 0) return starts[here + 1] ?? clip.end;
  const isAtStart = here >= 0 && time - starts[here] < 0.3;
  return starts[isAtStart ? here - 1 : here] ?? clip.start;
}

function keyHelp() {
  const rows = KEYS.flatMap(([keys, what]) => [
    el("dt", {}, ...keys.split(" ").map((key) => el("kbd", {}, key))),
    el("dd", {}, what),
  ]);
  return el("details", { class: "help" }, el("summary", {}, "Keys"), el("dl", {}, ...rows));
}
