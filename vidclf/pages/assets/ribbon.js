// A lane of segments: as wide as they last, and never so narrow that they cannot be seen.

const NAMED_FROM_PIXELS = 34;
const DIMMED = 0.16;
const MOST_SMALL_LANES = 4;

// box: x, y, width, height in CSS pixels. only: a label to stand out, or null.
function drawRibbon(ctx, clip, lane, view, box, { theme, only = null, names = true }) {
  ctx.fillStyle = theme.track;
  ctx.fillRect(box.x, box.y, box.width, box.height);
  const pixel = 1 / (window.devicePixelRatio || 1);
  const narrow = new Map();
  const wide = [];
  const last = countUpTo(lane.from, view.to);
  for (let i = Math.max(0, countUpTo(lane.from, view.from) - 1); i < last; i += 1) {
    const place = lane.places[i];
    const left = Math.max(0, view.x(clip.from[place], box.width));
    const right = Math.min(box.width, view.x(clip.to[place], box.width));
    if (right < 0 || right <= left) continue;
    if (right - left >= 1.5) wide.push([place, left, right]);
    else keepLongest(narrow, clip, place, Math.floor(left / pixel), only);
  }
  const edge = box.height > 8 ? 2 : 0;
  for (const [place, left, right] of wide) {
    const color = paint(ctx, clip, place, only);
    const gap = right - left > 4 ? 1 : 0;
    ctx.fillRect(box.x + left, box.y, right - left - gap, box.height);
    ctx.fillStyle = lineColor(color, theme);
    ctx.fillRect(box.x + left, box.y + box.height - edge, right - left - gap, edge);
    drawUncertain(ctx, clip, place, view, { ...box, left, right: right - gap, edge }, theme);
  }
  for (const [column, place] of narrow) {
    const color = paint(ctx, clip, place, only);
    ctx.fillStyle = lineColor(clip.isMostlyUncertain(place) ? UNCERTAIN : color, theme);
    ctx.fillRect(box.x + column * pixel, box.y, Math.max(pixel, 0.5), box.height);
  }
  ctx.globalAlpha = 1;
  if (names)
    for (const [place, left, right] of wide) writeName(ctx, clip, place, left, right, box, only);
}

// What of a segment is uncertain, in grey; what is narrower than a pixel where it fills most of one.
function drawUncertain(ctx, clip, place, view, { x, y, width, height, left, right, edge }, theme) {
  const covered = new Map();
  for (const [from, to] of clip.uncertainIn(place)) {
    const [start, end] = [view.x(from, width), view.x(to, width)].map((at) =>
      Math.max(left, Math.min(at, right)),
    );
    if (end - start >= 1) fillUncertain(ctx, x + start, y, end - start, height, edge, theme);
    else
      covered.set(Math.floor(start), (covered.get(Math.floor(start)) ?? 0) + Math.max(0, end - start));
  }
  for (const [column, share] of covered)
    if (share > 0.5) fillUncertain(ctx, x + column, y, 1, height, edge, theme);
}

function fillUncertain(ctx, x, y, width, height, edge, theme) {
  ctx.fillStyle = UNCERTAIN;
  ctx.fillRect(x, y, width, height);
  ctx.fillStyle = lineColor(UNCERTAIN, theme);
  ctx.fillRect(x, y + height - edge, width, edge);
}

// Of the segments that share a column of pixels the longest is seen; a chosen label goes first.
function keepLongest(narrow, clip, place, column, only) {
  const other = narrow.get(column);
  const rank = (one) => (clip.label[one] === only ? 1e9 : 0) + clip.to[one] - clip.from[one];
  if (other === undefined || rank(place) > rank(other)) narrow.set(column, place);
}

function paint(ctx, clip, place, only) {
  ctx.fillStyle = clip.color(clip.label[place]);
  ctx.globalAlpha = only === null || clip.label[place] === only ? 1 : DIMMED;
  return ctx.fillStyle;
}

// The whole clip in little room: its first lanes, one under the other.
function drawSmall(ctx, clip, box, { theme, only = null }) {
  const whole = new View(clip.start, clip.end);
  const lanes = clip.lanes.slice(0, MOST_SMALL_LANES);
  const height = box.height / lanes.length;
  lanes.forEach((lane, place) => {
    const own = { ...box, y: box.y + place * height, height: height - (lanes.length > 1 ? 1 : 0) };
    drawRibbon(ctx, clip, lane, whole, own, { theme, only, names: false });
  });
}

function writeName(ctx, clip, place, left, right, box, only) {
  const room = right - left - 12;
  const label = clip.label[place];
  if (room < NAMED_FROM_PIXELS - 12 || (only !== null && only !== label)) return;
  const isUncertain = clip.isMostlyUncertain(place);
  ctx.fillStyle = inkOn(isUncertain ? UNCERTAIN : clip.color(label));
  ctx.textBaseline = "middle";
  ctx.fillText(
    shortened(ctx, clip.labels[label] + (isUncertain ? " ?" : ""), room),
    box.x + left + 6,
    box.y + box.height / 2 + 0.5,
  );
}

// Where the clock stands, above the lanes.
function drawAxis(ctx, view, box, { theme }) {
  ctx.fillStyle = theme.soft;
  ctx.strokeStyle = theme.line;
  ctx.textBaseline = "top";
  ctx.lineWidth = 1;
  const step = timeStep((view.span / box.width) * 74);
  const digits = step >= 1 ? 0 : step >= 0.1 ? 1 : 2;
  let written = -Infinity;
  for (let i = Math.ceil(view.from / step - 1e-9); i * step <= view.to; i += 1) {
    const x = Math.round(box.x + view.x(i * step, box.width)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(x, box.y + box.height - 5);
    ctx.lineTo(x, box.y + box.height);
    ctx.stroke();
    const text = clock(i * step, digits);
    const room = ctx.measureText(text).width;
    const left = Math.max(box.x, Math.min(x - room / 2, box.x + box.width - room));
    if (left < written + 6) continue;
    ctx.fillText(text, left, box.y + 2);
    written = left + room;
  }
}
