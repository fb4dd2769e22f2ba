// Charts that answer the pointer: a chart's picture is replaced by the same chart, drawn here by
// Vega's runtime under its interpreter (no eval, as the security policy wants), when the reader
// first points at it. Without scripts the picture stays.
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
  const view = new vega.View(vega.parse(await answer.json(), null, { ast: true }), {
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
}

for (const picture of document.querySelectorAll("figure picture")) {
  const begin = () => {
    picture.removeEventListener("pointerenter", begin);
    enliven(picture).catch(() => {}); // the picture stays
  };
  picture.addEventListener("pointerenter", begin);
}
