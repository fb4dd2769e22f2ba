// Charts that answer the pointer: a chart's picture is replaced by the same chart, drawn here by
// Vega's runtime under its interpreter (no eval, as the security policy wants), when the reader
// first points at it. A range of time that is dragged in it is stated below it. Without scripts
// the picture stays.
"use strict";

const SCRIPTS = ["/assets/vega/vega.min.js", "/assets/vega/vega-interpreter.min.js"];
let loaded;

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(address));
    document.head.append(script);
  });
}

function runtime() {
  loaded ??= SCRIPTS.reduce((before, address) => before.then(() => load(address)), Promise.resolve());
  return loaded;
}

function rows(value) {
  return Object.entries(value).map(([name, text]) => `${name}: ${text}`).join("\n");
}

// The rows of the picture within the range that the reader has dragged. A bar is in it with its
// middle, a point of a line with itself.
function rowsInRange(view, specification) {
  const { x, mark } = specification.usermeta;
  const [low, high] = view.signal("range_x").map((at) => +view.scale("x").invert(at)).sort((a, b) => a - b);
  const [source] = specification.data.filter((one) => one.values);
  const half = mark === "bar" ? (x === "month" ? 15 : 0.5) * 24 * 3600 * 1000 : 0;
  return source.values.filter((row) => {
    const at = Date.parse(row[x]) + half;
    return at >= low && at <= high;
  });
}

// State the range below the picture: its ends, the sum of each series, and a link to its articles.
function stateRange(line, view, specification, picture) {
  if (!line.isConnected) view.container().after(line);
  line.replaceChildren();
  const [low, high] = view.signal("range_x");
  const { x, y, color } = specification.usermeta;
  const found = low === high ? [] : rowsInRange(view, specification);
  if (!found.length) return;
  const times = found.map((row) => row[x]).sort();
  const [first, last] = [times[0], times[times.length - 1]];
  const ends = document.createElement("time");
  ends.textContent = first === last ? first : `${first} – ${last}`;
  line.append(ends);
  const sums = new Map();
  for (const row of found) {
    const name = color ? row[color] : "";
    sums.set(name, (sums.get(name) ?? 0) + (row[y] ?? 0));
  }
  for (const [name, sum] of y === "share" ? [] : sums) {
    const series = document.createElement("bdi");
    series.textContent = `${name} ${sum.toLocaleString("en")}`.trim();
    line.append(" · ", series);
  }
  if (!picture.dataset.search) return;
  const address = new URL(picture.dataset.search, location);
  address.searchParams.set("from", first);
  address.searchParams.set("to", last);
  const link = document.createElement("a");
  link.href = address;
  link.textContent = picture.dataset.searchLabel;
  line.append(" · ", link);
}

async function enliven(picture) {
  const image = picture.querySelector("img");
  const address = new URL(image.currentSrc || image.src);
  address.pathname = address.pathname.replace(/\.svg$/, ".vg.json");
  const [answer] = await Promise.all([fetch(address), runtime()]);
  if (!answer.ok) return;
  const host = document.createElement("div");
  host.className = "chart";
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", image.alt);
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  const specification = await answer.json();
  const view = new vega.View(vega.parse(specification, null, { ast: true }), {
    expr: vegaInterpreter.expressionInterpreter,
    renderer: "canvas",
    hover: true,
  });
  view.tooltip((_handler, event, _item, value) => {
    tip.hidden = value == null || value === "";
    if (tip.hidden) return;
    tip.textContent = typeof value === "object" ? rows(value) : String(value);
    const box = host.getBoundingClientRect();
    tip.style.left = `${Math.min(event.clientX - box.left + 12, box.width - tip.offsetWidth)}px`;
    tip.style.top = `${event.clientY - box.top + 16}px`;
  });
  const size = image.getBoundingClientRect();
  view.width(size.width).height(size.height);
  await document.fonts.ready;
  await view.initialize(host).runAsync();
  host.append(tip);
  picture.replaceWith(host);
  if (!specification.usermeta) return;
  const line = document.createElement("p");
  line.className = "facts picked";
  line.setAttribute("role", "status");
  host.addEventListener("pointerup", () => view.runAsync().then(() => stateRange(line, view, specification, picture)));
}

for (const picture of document.querySelectorAll("figure picture")) {
  const begin = () => {
    picture.removeEventListener("pointerenter", begin);
    enliven(picture).catch(() => {}); // the picture stays
  };
  picture.addEventListener("pointerenter", begin);
}
