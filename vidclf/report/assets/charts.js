// Curves over time. Where several points share a pixel, their range is drawn as well as their mean.

const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 4], [1, 3]];

// curves: { data, color, dash, filled }, all on one scale from low to high.
function drawChart(ctx, clip, curves, view, box, { theme, low, high, tell, least }) {
  drawGrid(ctx, box, { theme, low, high, tell });
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.x, box.y, box.width, box.height);
  ctx.clip();
  if (least !== undefined) drawLimit(ctx, box, { theme, least, low, high, tell });
  for (const curve of curves) {
    const points = pointsOf(clip, curve.data, view, box.width);
    const y = (value) => box.y + box.height - ((value - low) / (high - low || 1)) * box.height;
    drawBand(ctx, points, curve, box, y);
    drawLine(ctx, points, curve, box, y);
  }
  ctx.restore();
}

// What is to be drawn: [x, mean, least, most] of each point, or of each pixel that holds several.
function pointsOf(clip, data, view, width) {
  const first = Math.max(0, countUpTo(clip.times, view.from) - 1);
  const last = Math.min(clip.times.length, countUpTo(clip.times, view.to) + 1);
  const points = [];
  const pixels = last - first > 1.5 * width ? 1 : 0;
  let [column, count] = [-Infinity, 0];
  for (let i = first; i < last; i += 1) {
    const x = view.x(clip.times[i], width);
    const [mean, least, most] = [
      data.mean[i],
      (data.least ?? data.mean)[i],
      (data.most ?? data.mean)[i],
    ];
    if (pixels && Math.floor(x) === column) {
      const point = points[points.length - 1];
      count += 1;
      point[1] += (mean - point[1]) / count;
      point[2] = Math.min(point[2], least);
      point[3] = Math.max(point[3], most);
    } else {
      [column, count] = [Math.floor(x), 1];
      points.push([x, mean, least, most]);
    }
  }
  const end = points[points.length - 1];
  if (end && last === clip.times.length) points.push([view.x(clip.end, width), ...end.slice(1)]);
  return points;
}

function drawBand(ctx, points, curve, box, y) {
  const isBand = points.some(([, , least, most]) => most > least);
  if (!isBand && !curve.filled) return;
  ctx.fillStyle = curve.color;
  ctx.globalAlpha = isBand ? 0.22 : 0.1;
  ctx.beginPath();
  for (const [x, mean, , most] of points) ctx.lineTo(box.x + x, y(isBand ? most : mean));
  for (const [x, , least] of points.slice().reverse())
    ctx.lineTo(box.x + x, isBand ? y(least) : box.y + box.height);
  ctx.fill();
  ctx.globalAlpha = 1;
}

function drawLine(ctx, points, curve, box, y) {
  ctx.strokeStyle = curve.color;
  ctx.lineWidth = 1.5;
  ctx.lineJoin = "round";
  ctx.setLineDash(curve.dash);
  ctx.beginPath();
  for (const [x, mean] of points) ctx.lineTo(box.x + x, y(mean));
  ctx.stroke();
  ctx.setLineDash([]);
}

function drawGrid(ctx, box, { theme, low, high, tell }) {
  ctx.fillStyle = theme.track;
  ctx.fillRect(box.x, box.y, box.width, box.height);
  const step = niceStep(((high - low) / box.height) * 32 || 1);
  ctx.strokeStyle = theme.line;
  ctx.fillStyle = theme.soft;
  ctx.textBaseline = "bottom";
  ctx.lineWidth = 1;
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) {
    const share = (i * step - low) / (high - low || 1);
    const line = Math.round(box.y + box.height - share * box.height) + (share < 1 ? -0.5 : 0.5);
    ctx.beginPath();
    ctx.moveTo(box.x, line);
    ctx.lineTo(box.x + box.width, line);
    ctx.stroke();
    if (share > 0.02 && line - box.y > 11) ctx.fillText(tell(i * step), box.x + 4, line - 1);
  }
}

// Below this line the video draws labels as uncertain.
function drawLimit(ctx, box, { theme, least, low, high, tell }) {
  const y = Math.round(box.y + (box.height * (high - least)) / (high - low)) + 0.5;
  ctx.strokeStyle = lineColor(UNCERTAIN, theme);
  ctx.setLineDash([5, 4]);
  ctx.beginPath();
  ctx.moveTo(box.x, y);
  ctx.lineTo(box.x + box.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.fillStyle = theme.soft;
  ctx.textBaseline = "top";
  const text = `uncertain below ${tell(least)}`;
  ctx.fillText(text, box.x + box.width - ctx.measureText(text).width - 4, y + 2);
}

// A little piece of a curve's line, for its legend.
function lineSample(color, dash) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  const about = {
    x1: 0,
    x2: 24,
    y1: 4,
    y2: 4,
    stroke: color,
    "stroke-width": 2,
    "stroke-dasharray": dash.join(" "),
  };
  for (const [key, value] of Object.entries(about)) line.setAttribute(key, value);
  for (const [key, value] of Object.entries({ width: 24, height: 8, "aria-hidden": "true" }))
    svg.setAttribute(key, value);
  svg.append(line);
  return svg;
}

// The charts of a clip: label scores share one, each value has its own.
function chartsOf(clip, theme) {
  if (clip.kind === "labels" || !clip.curves.length) return [];
  if (clip.kind === "values") return valueCharts(clip, theme);
  const curves = clip.curves.map((data, place) => ({
    data,
    filled: place === 0,
    dash: DASHES[place % DASHES.length],
    color: curveColor(clip, data, place, theme),
  }));
  const least = clip.uncertainFrom.length ? clip.certainFrom / 1000 : undefined;
  return [{ curves, low: 0, high: 1, height: 104, tell: score, least }];
}

// A chart for each value; of two tables both curves in one.
function valueCharts(clip, theme) {
  const charts = new Map();
  clip.curves.forEach((data, place) => {
    const key = data.chart ?? place;
    charts.set(key, [...(charts.get(key) ?? []), data]);
  });
  return [...charts.values()].map((group) => {
    const [low, high] = [
      Math.min(...group.map((data) => data.low)),
      Math.max(...group.map((data) => data.high)),
    ];
    const [{ color }] = group;
    const colors = color ? [lineColor(color, theme)] : [theme.accent, theme.ink];
    const curves = group.map((data, place) => ({
      data,
      color: colors[place],
      dash: DASHES[place],
      filled: group.length === 1,
    }));
    return {
      curves,
      height: 84,
      ...roomAround(low, high),
      tell: (value) => valued(value, high - low),
    };
  });
}

function curveColor(clip, data, place, theme) {
  if (data.label !== undefined)
    return lineColor(clip.color(clip.labels.indexOf(data.label)), theme);
  return place === 0 ? theme.ink : theme.soft;
}

function roomAround(low, high) {
  const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  return { low: low - room, high: high + room };
}
