"use strict";
(() => {
  // A tip for whatever says something when pointed at; text only, never markup.
  const tip = document.getElementById("tip");
  const hide = () => { tip.hidden = true; };
  const show = (event) => {
    const told = event.target.closest ? event.target.closest("[data-tip]") : null;
    if (!told) { hide(); return; }
    tip.textContent = told.dataset.tip;
    tip.hidden = false;
    const { offsetWidth: wide, offsetHeight: high } = tip;
    const left = Math.min(event.clientX + 14, innerWidth - wide - 6);
    const below = event.clientY + 16;
    tip.style.left = `${Math.max(6, left)}px`;
    tip.style.top = `${below + high > innerHeight ? Math.max(6, event.clientY - high - 12) : below}px`;
  };
  document.addEventListener("pointermove", show);
  document.addEventListener("pointerdown", show);
  document.addEventListener("pointerleave", hide);
  document.addEventListener("scroll", hide, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  // Tables sort by the key of a column; a second press turns the order round.
  const sorted = (head) => {
    const table = head.closest("table");
    const column = head.cellIndex;
    const number = head.classList.contains("number");
    const order = head.getAttribute("aria-sort") === (number ? "descending" : "ascending") ? (number ? "ascending" : "descending") : (number ? "descending" : "ascending");
    const key = (row) => { const raw = row.cells[column].dataset.key; return number ? (raw === "inf" ? Infinity : raw === "-inf" ? -Infinity : Number(raw)) : raw; };
    const sign = order === "ascending" ? 1 : -1;
    const compare = (a, b) => { const x = key(a), y = key(b); return sign * (number ? (x === y ? 0 : x < y ? -1 : 1) : x.localeCompare(y)); };
    const rows = [...table.tBodies[0].rows].sort(compare);
    table.tBodies[0].append(...rows);
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
  };
  for (const button of document.querySelectorAll("th button")) button.addEventListener("click", () => sorted(button.parentElement));

  // The map: zoom and move by its viewBox; names appear where they fit.
  const map = document.getElementById("map");
  if (!map) return;
  const whole = { x: 0, y: 0, wide: Number(map.dataset.wide), high: Number(map.dataset.high) };
  let view = { ...whole };
  const names = [...map.querySelectorAll(".name")];
  const fit = () => {
    const units = view.wide / (map.clientWidth || whole.wide);
    map.style.setProperty("--u", units);
    for (const name of names) name.classList.toggle("off", units > Number(name.dataset.fits) * 1.02);
  };
  const look = (x, y, share) => {
    const wide = Math.min(whole.wide, Math.max(whole.wide / 16, view.wide * share));
    const high = wide * whole.high / whole.wide;
    const inside = (from, size, all) => Math.min(Math.max(from, 0), all - size);
    view = { wide, high, x: inside(x - wide / 2, wide, whole.wide), y: inside(y - high / 2, high, whole.high) };
    map.setAttribute("viewBox", `${view.x} ${view.y} ${view.wide} ${view.high}`);
    map.classList.toggle("zoomed", wide < whole.wide);
    fit();
  };
  const middle = () => [view.x + view.wide / 2, view.y + view.high / 2];
  const units = () => view.wide / map.clientWidth;
  const point = (event) => {
    const box = map.getBoundingClientRect();
    return [view.x + (event.clientX - box.left) * units(), view.y + (event.clientY - box.top) * units()];
  };
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => look(...middle(), Number(button.dataset.zoom) || 99));
  }
  map.addEventListener("dblclick", (event) => { event.preventDefault(); look(...point(event), 0.5); });
  map.addEventListener("keydown", (event) => {
    const [x, y] = middle();
    const step = view.wide / 8;
    const keys = { "+": [x, y, 0.5], "=": [x, y, 0.5], "-": [x, y, 2], ArrowLeft: [x - step, y, 1], ArrowRight: [x + step, y, 1], ArrowUp: [x, y - step, 1], ArrowDown: [x, y + step, 1] };
    if (keys[event.key]) { event.preventDefault(); look(...keys[event.key]); }
  });
  let held = null;
  map.addEventListener("pointerdown", (event) => { if (view.wide < whole.wide) { held = [event.clientX, event.clientY]; map.setPointerCapture(event.pointerId); } });
  map.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = middle();
    look(x - (event.clientX - held[0]) * units(), y - (event.clientY - held[1]) * units(), 1);
    held = [event.clientX, event.clientY];
  });
  for (const end of ["pointerup", "pointercancel"]) map.addEventListener(end, () => { held = null; });
  document.querySelector(".zoom").hidden = false;
  addEventListener("resize", fit);
  fit();
})();
