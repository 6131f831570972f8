// What of an answer is shown, and how: as vidclf's videos show it (vidclf/overlay/card_rows.py).

const MOST_ROWS = 8;
const PAPER = "#ffffff";
const SOFT = "#ced2db";
const MUTED = "#a6acb8";

// Rows of { label, number, unit, from, to, color, ink, asks }; a bar is filled from where it begins,
// which is marked where that is no end.
function answerRows(answer, model, reach) {
  if (answer.values) return valueRows(answer, model, reach);
  if (answer.labels?.length) return labelRows(answer);
  const best = answer.labels ? answer.top.slice(0, 1) : answer.top;
  return best.map((one, place) => {
    const color = place ? SOFT : (answer.colors?.[one.label] ?? UNCERTAIN);
    return {
      ...shareRow(one),
      color: answer.certain ? color : UNCERTAIN,
      ink: answer.certain ? (place ? SOFT : PAPER) : MUTED,
      asks: !place && !answer.certain,
    };
  });
}

// All labels that count; of those beyond the best K no score is known.
function labelRows({ labels, top, colors }) {
  const known = new Map(top.map((one) => [one.label, one]));
  const rows = labels.map((label) => ({
    ...shareRow(known.get(label) ?? { label }),
    color: colors?.[label] ?? UNCERTAIN,
    ink: PAPER,
  }));
  if (rows.length <= MOST_ROWS) return rows;
  const more = { label: `+${rows.length - MOST_ROWS + 1} more`, number: "", ink: MUTED };
  return [...rows.slice(0, MOST_ROWS - 1), more];
}

function shareRow({ label, class_id: place, confidence }) {
  const share = Math.max(0, Math.min(1, confidence ?? 0));
  return {
    label: label || `class ${place}`,
    number: confidence === undefined ? "" : String(Math.round(share * 100)),
    unit: confidence === undefined ? "" : "%",
    from: 0,
    to: share,
  };
}

// A gauge spans what its value may be, or what it was so far.
function valueRows({ values, colors }, model, reach) {
  return Object.entries(values).map(([label, number], place) => {
    const seen = (reach[place] ??= { low: number, high: number });
    seen.low = Math.min(seen.low, number);
    seen.high = Math.max(seen.high, number);
    const [low, high] = model.ranges?.[place] ?? [seen.low, seen.high];
    const at = (value) => (low < high ? (Math.max(low, Math.min(high, value)) - low) / (high - low) : 0);
    return {
      label,
      number: gaugeNumber(number, Math.max(...[low, high, seen.low, seen.high].map(Math.abs))),
      unit: model.units?.[place] ?? "",
      from: at(0),
      to: at(number),
      color: colors[label],
      ink: PAPER,
    };
  });
}

// As many decimals as give the largest number three digits.
function gaugeNumber(number, largest) {
  if (largest && !(largest >= 1e-3 && largest < 1e6)) return signed(number.toExponential(2));
  const digits = largest ? Math.floor(Math.log10(largest)) + 1 : 1;
  return signed(number.toFixed(Math.max(0, 3 - digits)));
}

function signed(text) {
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}
