// The page's data, as columns of whole numbers → what is drawn and listed.

// A video stands at whole microseconds, which may be just before the frame that it shows.
const ROUNDING = 5e-5;

class Clip {
  constructor(raw) {
    Object.assign(this, raw);
    this.length = this.end - this.start;
    this.stills ??= {};
    this.thresholds ??= [];
    const toSeconds = (ticks) => ticks / raw.ticksPerSecond;
    this.readSegments(raw.segments, toSeconds);
    this.readUncertain(raw.uncertain ?? { start: [], length: [] }, toSeconds);
    this.lanes = this.makeLanes(raw.lanes);
    this.shares = this.makeShares();
    this.times = sums(raw.times).map(toSeconds);
    this.curves = raw.curves.map((curve) => readCurve(curve));
    this.doubts = raw.doubts.map((doubt) => ({ ...doubt, time: toSeconds(doubt.time) }));
  }

  readSegments(columns, toSeconds) {
    this.label = Uint32Array.from(columns.label);
    const starts = sums(columns.start);
    this.from = starts.map(toSeconds);
    this.to = starts.map((start, place) => toSeconds(start + columns.length[place]));
    this.mean = Float32Array.from(columns.mean, (value) => value / 1000);
    this.best = Float32Array.from(columns.best, (value) => value / 1000);
    this.lane = columns.lane ?? (this.kind === "labels" ? columns.label : null);
    this.count = this.label.length;
    const first = this.listed ?? 0;
    this.listed = Uint32Array.from({ length: this.count - first }, (_, place) => first + place);
  }

  // When the one label of a frame is drawn as uncertain; and of each segment, for how long.
  readUncertain(columns, toSeconds) {
    const starts = sums(columns.start);
    this.uncertainFrom = starts.map(toSeconds);
    this.uncertainTo = starts.map((start, i) => toSeconds(start + columns.length[i]));
    this.uncertainSeconds = this.from.map((_, place) =>
      this.uncertainIn(place).reduce((sum, [from, to]) => sum + to - from, 0),
    );
  }

  // The uncertain stretches of a segment: [from, to].
  uncertainIn(place) {
    const first = countUpTo(this.uncertainTo, this.from[place]);
    const last = countUpTo(this.uncertainFrom, this.to[place] - ROUNDING);
    return Array.from({ length: Math.max(0, last - first) }, (_, i) => [
      Math.max(this.from[place], this.uncertainFrom[first + i]),
      Math.min(this.to[place], this.uncertainTo[first + i]),
    ]);
  }

  isMostlyUncertain(place) {
    return this.uncertainSeconds[place] > (this.to[place] - this.from[place]) / 2;
  }

  isUncertainAt(time) {
    const last = countUpTo(this.uncertainFrom, time + ROUNDING) - 1;
    return last >= 0 && time + ROUNDING < this.uncertainTo[last];
  }

  // Stretches that never overlap, one under the other: all labels, or each label by itself.
  makeLanes(names) {
    if (this.kind === "values") return [];
    const lanes = names ?? (this.kind === "labels" ? this.labels : [""]).map((name) => ({ name }));
    const places = lanes.map(() => []);
    for (let place = 0; place < this.count; place += 1)
      places[this.lane?.[place] ?? 0]?.push(place);
    return lanes.map((about, lane) => ({
      ...about,
      places: Uint32Array.from(places[lane]),
      from: Float64Array.from(places[lane], (place) => this.from[place]),
    }));
  }

  makeShares() {
    const shares = this.labels.map((name, label) => ({
      label,
      name,
      seconds: 0,
      count: 0,
      sum: 0,
      uncertain: 0,
    }));
    for (const place of this.listed) {
      const lasted = this.to[place] - this.from[place];
      const share = shares[this.label[place]];
      share.seconds += lasted;
      share.count += 1;
      share.sum += lasted * this.mean[place];
      share.uncertain += this.uncertainSeconds[place];
    }
    return shares.filter((share) => share.count).sort((a, b) => b.seconds - a.seconds);
  }

  color(label) {
    return this.colors[label] ?? UNCERTAIN;
  }

  // The segment of a lane that holds at a time, or -1.
  segmentAt(lane, time) {
    const place = lane.places[countUpTo(lane.from, time + ROUNDING) - 1];
    return place !== undefined && time + ROUNDING < this.to[place] ? place : -1;
  }

  segmentsAt(time) {
    return this.lanes.map((lane) => this.segmentAt(lane, time)).filter((place) => place >= 0);
  }

  // Whether this is two tables of one clip; then each label of the list is a pair of labels.
  get isCompared() {
    return this.pairs !== undefined;
  }

  // What is said at a time: of two tables what each says, not that they differ.
  saidAt(time) {
    const lanes = this.isCompared ? this.lanes.filter((lane) => lane.side) : this.lanes;
    return lanes
      .map((lane) => ({ place: this.segmentAt(lane, time), side: lane.side }))
      .filter(({ place }) => place >= 0);
  }

  // How sure the table is of a segment at a time; of what has no curve, on average.
  sureness(place, time, side) {
    const name = this.labels[this.label[place]];
    const [a, b] = this.curves;
    const curve =
      this.kind === "classes"
        ? side === "B"
          ? b
          : a
        : this.curves.find((one) => one.label === name);
    return curve ? this.curveAt(curve, time) : this.mean[place];
  }

  curveAt(curve, time) {
    return curve.mean[Math.max(0, countUpTo(this.times, time + ROUNDING) - 1)];
  }

  still() {
    const [longest] = Object.keys(this.stills).sort(
      (a, b) => this.to[b] - this.from[b] - (this.to[a] - this.from[a]),
    );
    return this.stills[longest];
  }
}

function readCurve(curve) {
  const span = curve.high - curve.low || 1;
  const read = (column) =>
    column && Float32Array.from(column, (place) => curve.low + (place / curve.steps) * span);
  return { ...curve, mean: read(curve.mean), least: read(curve.least), most: read(curve.most) };
}
