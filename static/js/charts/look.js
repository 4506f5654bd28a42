// How charts look now: colours by the theme's tokens, text and lines by the screen's scale.

const TOKENS = {
  words: "--tblr-body-color",
  quiet: "--tblr-secondary",
  line: "--chart-line",
  ground: "--chart-ground",
  registered: "--chart-registered",
  resolved: "--chart-resolved",
  waiting: "--chart-waiting",
  fill: "--chart-fill",
  target: "--light-yellow",
};

// A token may be an expression; the browser works it out on an element, the canvas cannot.
const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

function token(name) {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

/** `colour` by name; `px`: a size of an ordinary page, larger on a wall's screen; `font`; `narrow`: no room for words. */
export function lookOf(box) {
  const scale = Number(document.documentElement.dataset.chartScale ?? 1);
  return {
    colour: Object.fromEntries(Object.entries(TOKENS).map(([name, value]) => [name, token(value)])),
    px: (size) => size * scale,
    font: getComputedStyle(document.body).fontFamily,
    narrow: box.clientWidth < 480,
  };
}
