// Keys for the whole page, wherever the focus is; text fields keep theirs.

const KEYS = [
  ["Space", "play or pause"],
  ["← →", "one second back or on"],
  [", .", "one frame back or on"],
  ["↑ ↓", "previous or next segment; in the list: row by row"],
  ["Home End", "beginning or end"],
  ["+ − 0", "zoom in, zoom out, whole clip"],
  ["/", "filter the list"],
];
const KEYS_OF_SEGMENTS = ["↑ ↓", "/"];

function listenToKeys({ clip, player, timeline, list }, signal) {
  const { view } = timeline;
  const frame = usualStep(clip);
  const go = (time) => player.seek(time);
  const actions = {
    " ": () => player.toggle(),
    ArrowLeft: () => go(player.time - 1),
    ArrowRight: () => go(player.time + 1),
    ...(list && {
      ArrowUp: () => go(neighbour(clip, player.time, -1)),
      ArrowDown: () => go(neighbour(clip, player.time, 1)),
      "/": () => list.filter.focus(),
    }),
    ",": () => go(player.time - frame),
    ".": () => go(player.time + frame),
    Home: () => go(clip.start),
    End: () => go(clip.end),
    "+": () => view.zoom(ZOOM_STEP, player.time),
    "=": () => view.zoom(ZOOM_STEP, player.time),
    "-": () => view.zoom(1 / ZOOM_STEP, player.time),
    0: () => view.whole(),
  };
  let clicked = null;
  let isTaken = false;
  const pressed = (event) => {
    if (event.key === "Tab") clicked = null;
    const act = actions[event.key];
    isTaken = false;
    if (event.key === " " && !player.hasVideo) return;
    if (!act || event.ctrlKey || event.metaKey || event.altKey || hasOwnUse(event, clicked)) return;
    isTaken = true;
    event.preventDefault();
    act();
  };
  // Firefox presses a button when Space is let go.
  const released = (event) => event.key === " " && isTaken && event.preventDefault();
  // A click by a key has no detail. Chromium's controls take Space even where it was prevented.
  const pointed = (event) => {
    clicked = event.detail ? document.activeElement : null;
    if (clicked?.matches("video")) clicked.blur();
  };
  document.addEventListener("keydown", pressed, { signal });
  document.addEventListener("keyup", released, { signal });
  document.addEventListener("click", pointed, { signal });
}

// Who came to a button by keyboard presses it by Space; who clicked it is done with it. A row of
// the list is gone to by Enter.
function hasOwnUse({ key, target }, clicked) {
  if (target.matches("input:not([type=file]), select, textarea")) return true;
  const isPressedBySpace = target.matches("button:not(.jump), summary, input, video");
  return key === " " && isPressedBySpace && target !== clicked;
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

function keyHelp(clip) {
  const known = KEYS.filter(([keys]) => clip.kind !== "values" || !KEYS_OF_SEGMENTS.includes(keys));
  const rows = known.flatMap(([keys, what]) => [
    el("dt", {}, ...keys.split(" ").map((key) => el("kbd", {}, key))),
    el("dd", {}, what),
  ]);
  return el("details", { class: "help" }, el("summary", {}, "Keys"), el("dl", {}, ...rows));
}
