/**
 * Draws the sessions of a trigger and the capacity of its replicas over time. A value holds until the next one, so both are
 * drawn in steps.
 */

import { clock, number } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const STEPS_OF_TIME = [5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800];

/** A small plot without axes. */
export function drawSpark(box, history, now) {
  draw(box, history, now, { height: 40, left: 0, right: 2, top: 3, bottom: 1, axes: false });
}

/** A plot with axes and with a readout at the pointer. */
export function drawPlot(box, history, now) {
  draw(box, history, now, { height: 260, left: 52, right: 12, top: 28, bottom: 24, axes: true });
}

function draw(box, history, now, frame) {
  const width = Math.max(120, box.clientWidth);
  const svg = make("svg", { width, height: frame.height, viewBox: `0 0 ${width} ${frame.height}`, focusable: "false" });
  svg.setAttribute("aria-hidden", "true");
  const scales = scalesOf(history, now, width, frame);
  if (frame.axes) {
    drawAxes(svg, scales, width, frame);
  }
  drawOutages(svg, history, scales, frame);
  const base = scales.y(0);
  svg.append(
    make("path", { class: "area", d: steps(history, history.sessions, scales, base) }),
    make("path", { class: "over", d: excess(history, scales) }),
    make("path", { class: "capacity", d: steps(history, history.capacity, scales) }),
    make("path", { class: "sessions", d: steps(history, history.sessions, scales) }),
  );
  if (frame.axes) {
    followPointer(svg, history, scales, frame);
  }
  box.replaceChildren(svg);
}

function scalesOf(history, now, width, frame) {
  const first = history.times[0];
  const end = Math.max(now, first + 30);
  const most = Math.max(1, ...history.capacity, ...history.sessions.map((value) => value ?? 0));
  const step = niceStep(most / 4);
  const top = frame.axes ? Math.ceil(most / step + 0.1) * step : most;
  const inner = width - frame.left - frame.right;
  const tall = frame.height - frame.top - frame.bottom;
  return {
    first,
    end,
    top,
    step,
    x: (time) => round(frame.left + ((time - first) / (end - first)) * inner),
    y: (value) => round(frame.top + (1 - value / top) * tall),
    timeAt: (x) => first + ((x - frame.left) / inner) * (end - first),
  };
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is at least this. */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= least * 0.999);
}

function drawAxes(svg, scales, width, frame) {
  for (let value = 0; value <= scales.top * 1.001; value += scales.step) {
    const y = scales.y(value);
    svg.append(make("line", { class: "grid", x1: frame.left, x2: width - frame.right, y1: y, y2: y }));
    svg.append(label(number(value), { x: frame.left - 8, y: y + 4, "text-anchor": "end" }));
  }
  svg.append(label("sessions", { x: 0, y: 10 }));
  const span = scales.end - scales.first;
  const most = Math.max(2, Math.floor((width - frame.left) / 90));
  const step = STEPS_OF_TIME.find((seconds) => span / seconds <= most) ?? 604_800;
  const offset = new Date(scales.first * 1000).getTimezoneOffset() * 60;
  const begin = Math.ceil((scales.first - offset) / step) * step + offset;
  for (let time = begin; time <= scales.end; time += step) {
    const x = scales.x(time);
    const bottom = frame.height - frame.bottom;
    svg.append(make("line", { class: "tick", x1: x, x2: x, y1: bottom, y2: bottom + 4 }));
    if (x > frame.left + 12 && x < width - 24) {
      const text = clock(time, { seconds: step < 60, day: span > 86_400 });
      svg.append(label(text, { x, y: frame.height - 6, "text-anchor": "middle" }));
    }
  }
}

function drawOutages(svg, history, scales, frame) {
  eachRun(history, scales, (from, to) => {
    const x = scales.x(from);
    const width = Math.max(2, scales.x(to) - x);
    svg.append(make("rect", { class: "outage", x, width, y: frame.top, height: frame.height - frame.top - frame.bottom }));
  });
}

function eachRun(history, scales, draw) {
  let from = null;
  history.outage.forEach((outage, i) => {
    if (outage && from === null) {
      from = history.times[i];
    } else if (!outage && from !== null) {
      draw(from, history.times[i]);
      from = null;
    }
  });
  if (from !== null) {
    draw(from, scales.end);
  }
}

/** The x coordinate where a value ends. */
function until(history, i, scales) {
  return scales.x(i + 1 < history.times.length ? history.times[i + 1] : scales.end);
}

/** A line in steps, with gaps where there is no value; with a base, the area above it. */
function steps(history, values, scales, base) {
  let path = "";
  let drawing = false;
  values.forEach((value, i) => {
    if (value === null) {
      drawing = false;
      return;
    }
    const x = scales.x(history.times[i]);
    const end = until(history, i, scales);
    const y = scales.y(value);
    if (base !== undefined) {
      path += `M${x} ${base}V${y}H${end}V${base}Z`;
    } else {
      path += `${drawing ? "V" : `M${x} `}${y}H${end}`;
    }
    drawing = true;
  });
  return path;
}

/** The area above the capacity. */
function excess(history, scales) {
  return history.sessions
    .map((value, i) => {
      if (value === null || value <= history.capacity[i]) {
        return "";
      }
      const low = scales.y(history.capacity[i]);
      return `M${scales.x(history.times[i])} ${low}V${scales.y(value)}H${until(history, i, scales)}V${low}Z`;
    })
    .join("");
}

function followPointer(svg, history, scales, frame) {
  const line = make("line", { class: "pointer", y1: frame.top, y2: frame.height - frame.bottom });
  const text = label("", { y: 10, class: "readout" });
  const group = make("g", { visibility: "hidden" });
  group.append(line, text);
  svg.append(group);
  svg.addEventListener("pointermove", (event) => {
    const x = event.clientX - svg.getBoundingClientRect().left;
    const time = scales.timeAt(x);
    const i = history.times.findLastIndex((at) => at <= time);
    if (i < 0) {
      return;
    }
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
    const sessions = history.sessions[i] === null ? "no count" : number(history.sessions[i]);
    const at = clock(history.times[i], { seconds: true });
    text.textContent = `${at}: ${sessions} of ${number(history.capacity[i])}`;
    const right = x > svg.clientWidth / 2;
    text.setAttribute("x", right ? x - 6 : x + 6);
    text.setAttribute("text-anchor", right ? "end" : "start");
    group.setAttribute("visibility", "visible");
  });
  svg.addEventListener("pointerleave", () => group.setAttribute("visibility", "hidden"));
}

function label(text, attributes) {
  const made = make("text", attributes);
  made.textContent = text;
  return made;
}

function make(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
}

function round(value) {
  return Math.round(value * 10) / 10;
}
