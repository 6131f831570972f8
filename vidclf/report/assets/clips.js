// The page of several clips: a row for each, and the one that the address names by its number.

function overviewOf(clips) {
  const draws = [];
  const cards = clips.map((clip, place) => clipCard(clip, place, draws));
  const filter = el("input", {
    type: "search",
    placeholder: "Filter by clip or label",
    "aria-label": "Filter by clip or label",
    oninput: () => {
      const wanted = filter.value.trim().toLocaleLowerCase();
      clips.forEach((clip, at) => {
        const names = [clip.video, ...clip.labels];
        cards[at].hidden = !names.some((name) => name.toLocaleLowerCase().includes(wanted));
      });
    },
  });
  const seconds = clips.reduce((sum, clip) => sum + clip.length, 0);
  const redraw = eachFrame(() => draws.forEach((draw) => draw()));
  const node = el(
    "main",
    { class: "overview-page" },
    el(
      "header",
      { class: "top" },
      el("h1", {}, counted(clips.length, "clip")),
      el("p", { class: "soft" }, `${lasting(seconds)} in all`),
    ),
    el("div", { class: "list-tools" }, filter),
    el("ul", { class: "cards" }, ...cards),
  );
  const observer = new ResizeObserver(redraw);
  observer.observe(node);
  darkGround.addEventListener("change", redraw);
  return node;
}

function clipCard(clip, place, draws) {
  const ribbon = el("canvas", { class: "card-ribbon", "aria-hidden": "true" });
  draws.push(() => drawCard(clip, ribbon));
  const link = el("a", { href: `#${place + 1}` }, named(clip.video));
  return el(
    "li",
    { class: "card" },
    still(clip.still(), { class: "still card-still" }),
    el(
      "div",
      { class: "card-text" },
      el("h2", {}, link),
      el("p", { class: "soft" }, aboutClip(clip)),
      el("p", { class: "card-labels" }, ...topLabels(clip)),
    ),
    ribbon,
  );
}

function aboutClip(clip) {
  const parts = [lasting(clip.length)];
  if (clip.isCompared) {
    const [, [name, value]] = clip.facts[0].rows;
    return [...parts, "two tables compared", `${name.toLowerCase()}: ${value}`].join(" · ");
  }
  if (clip.kind === "values") parts.push(counted(clip.curves.length, "value"));
  else parts.push(counted(clip.count, "segment"), counted(clip.labels.length, "label"));
  return parts.join(" · ");
}

function topLabels(clip) {
  if (clip.kind === "values")
    return clip.curves
      .slice(0, 3)
      .map((curve) => el("span", { class: "share" }, named(curve.name)));
  return clip.shares
    .slice(0, 3)
    .map((share) =>
      el(
        "span",
        { class: "share" },
        ...labelled(clip, share.label, isMostlyUncertain(share)),
        ` ${percent(share.seconds / clip.length)} of the time`,
      ),
    );
}

function drawCard(clip, canvas) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width) return;
  const theme = currentTheme();
  const ctx = prepared(canvas, width, height);
  const box = { x: 0, y: 0, width, height };
  if (clip.kind === "values") {
    const [data] = clip.curves;
    const scale = roomAround(data.low, data.high);
    const curves = [{ data, color: theme.accent, dash: [], filled: true }];
    drawChart(ctx, clip, curves, new View(clip.start, clip.end), box, {
      theme,
      ...scale,
      tell: () => "",
    });
  } else drawSmall(ctx, clip, box, { theme });
}
