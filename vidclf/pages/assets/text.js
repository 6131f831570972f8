// Numbers and times in words.

function clock(seconds, digits = 1) {
  const unit = 10 ** digits;
  const whole = Math.round(Math.abs(seconds) * unit);
  const hours = Math.floor(whole / unit / 3600);
  const minutes = Math.floor(whole / unit / 60) % 60;
  const rest = ((whole / unit) % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  const sign = seconds < 0 && whole > 0 ? "−" : "";
  const front = hours ? `${hours}:${String(minutes).padStart(2, "0")}` : `${minutes}`;
  return `${sign}${front}:${rest}`;
}

function lasting(seconds) {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return clock(seconds, 0) + (seconds < 3600 ? " min" : " h");
}

function percent(share) {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  if (share < 1 && share > 0.999) return "> 99.9 %";
  const exact = (share * 100).toFixed(1);
  return `${exact < 10 ? exact : (share * 100).toFixed(0)} %`;
}

function score(value) {
  return `${Math.round(value * 100)} %`;
}

function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

// A value with as many digits as its range makes sense of.
function valued(value, span, unit = "") {
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(span || Math.abs(value) || 1))));
  const text = value.toFixed(digits).replace("-", "−");
  return unit ? `${text} ${unit}` : text;
}

// Steps of 1, 2 or 5 times a power of ten; of time those of a clock.
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= least * 0.999);
}

function timeStep(least) {
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900];
  const longer = [1800, 3600, 7200, 14400, 21600, 43200, 86400];
  return [...steps, ...longer].find((step) => step >= least) ?? niceStep(least / 86400) * 86400;
}
