// Labels have the overlay's colours, made for a dark ground; on a light one they need an edge.

const darkGround = matchMedia("(prefers-color-scheme: dark)");
const printed = matchMedia("print");

const UNCERTAIN = "#8a909c";

function parts(color) {
  return [1, 3, 5].map((place) => parseInt(color.slice(place, place + 2), 16));
}

function hex(rgb) {
  return "#" + rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("");
}

function mixed(color, other, share) {
  const [from, to] = [parts(color), parts(other)];
  return hex(from.map((part, place) => part + (to[place] - part) * share));
}

// Relative luminance and contrast after WCAG 2.2.
function luminance(color) {
  const [red, green, blue] = parts(color).map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const memory = new Map();

function remembered(key, make) {
  if (!memory.has(key)) memory.set(key, make());
  return memory.get(key);
}

// The colour, moved towards the ink until a line of it stands out from the ground.
function lineColor(color, theme, least = 3) {
  return remembered(`${color}${theme.ground}${least}`, () => {
    let share = 0;
    while (share < 1 && contrast(mixed(color, theme.ink, share), theme.ground) < least)
      share += 0.05;
    return mixed(color, theme.ink, Math.min(1, share));
  });
}

// Black or white, whichever reads better on the colour.
function inkOn(color) {
  return remembered(color, () =>
    contrast(color, "#000000") >= contrast(color, "#ffffff") ? "#000000" : "#ffffff",
  );
}

// The page's colours, for what is drawn on canvases.
function currentTheme() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: read("ink"),
    soft: read("soft"),
    line: read("line"),
    ground: read("surface"),
    track: read("track"),
    accent: read("accent"),
    font: getComputedStyle(document.body).fontFamily,
  };
}
