// A range of the histogram's bars that is dragged narrows the search: the form beside it is
// filled and sent. A click on one bar follows its link, as it does without scripts.
"use strict";

function barAt(bars, x) {
  const boxes = bars.map((bar) => bar.getBoundingClientRect());
  const at = boxes.findIndex((box) => x < box.right);
  return at < 0 ? bars.length - 1 : at;
}

function brush(histogram) {
  const bars = [...histogram.querySelectorAll("a")];
  const form = histogram.parentElement.querySelector("form.range");
  let first = null;
  let last = null;

  function mark() {
    const [low, high] = [Math.min(first, last), Math.max(first, last)];
    for (const [at, bar] of bars.entries()) {
      const isChosen = first !== null && first !== last && at >= low && at <= high;
      bar.querySelector(".whole").classList.toggle("chosen", isChosen);
    }
    if (first === null || first === last) return;
    form.elements.from.value = bars[low].dataset.month;
    form.elements.to.value = bars[high].dataset.month;
  }

  histogram.addEventListener("dragstart", (event) => event.preventDefault());
  histogram.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    first = last = barAt(bars, event.clientX);
  });
  window.addEventListener("pointermove", (event) => {
    if (first === null) return;
    last = barAt(bars, event.clientX);
    mark();
  });
  window.addEventListener("pointerup", () => {
    if (first !== null && first !== last) form.requestSubmit();
    first = null;
  });
  window.addEventListener("pointercancel", () => {
    first = null;
    mark();
  });
}

for (const histogram of document.querySelectorAll(".histogram")) brush(histogram);
