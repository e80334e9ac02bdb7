/**
 * Draws the history of a trigger: sessions, reported value and capacity in an upper plot, the replicas in a lower one, with one
 * crosshair and one time axis. A value holds until the next one, so all lines are steps. Nothing is drawn after now.
 */

import { clock, dayOf, element, many, number, span, write, zoneOffset } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const STEPS_OF_TIME = [5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800];
const LEFT = 52;
const RIGHT = 12;
const UPPER = { top: 30, bottom: 210 };
const LOWER = { top: 242, bottom: 306 };
const HEIGHT = 330;
const MARK = 4;
const SHORTEST_ZOOM = 10;
const LEAST_DRAG = 8;

/** Seconds from which on the age of a count is shown. */
const OLD = 5;
const BASES = { held: "last value held", minimum: "0 reported", error: "error" };

/** The HPA does not scale out up to so many times the capacity. */
export const TOLERATED = 1.1;

/** Of 120, so that a trigger that is new is visible. */
const SHORTEST_SPARK = 5;

/** A small plot without axes, of one number for each part of the time range. */
export function drawSpark(box, values) {
  const width = 120;
  const height = 24;
  const most = Math.max(1, ...values.map((value) => value ?? 0));
  const x = (i) => round((i / values.length) * width);
  const y = (value) => round(height - 1 - (value / most) * (height - 3));
  let line = "";
  let area = "";
  values.forEach((value, i) => {
    if (value !== null) {
      const joined = i > 0 && values[i - 1] !== null;
      const from = joined ? x(i) : Math.min(x(i), width - SHORTEST_SPARK);
      line += `${joined ? "V" : `M${from} `}${y(value)}H${x(i + 1)}`;
      area += `M${from} ${height}V${y(value)}H${x(i + 1)}V${height}Z`;
    }
  });
  const svg = box.querySelector("svg") ?? newSpark(box, width, height);
  svg.firstElementChild.setAttribute("d", area);
  svg.lastElementChild.setAttribute("d", line);
}

function newSpark(box, width, height) {
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", focusable: "false" });
  svg.append(make("path", { class: "area" }), make("path", { class: "sessions" }));
  box.append(svg);
  return svg;
}

/** The plots by their box. Each keeps its pointer and its zoom over refreshes. */
const plots = new WeakMap();

/** Updates the plots of a trigger, or creates them. */
export function showPlots(box, readout, trigger, now) {
  let plot = plots.get(box);
  if (!plot) {
    plot = new Plots(box, readout);
    plots.set(box, plot);
  }
  plot.show(trigger, now);
}

class Plots {
  constructor(box, readout) {
    this.box = box;
    this.readout = readout;
    this.pointed = undefined;
    this.zoom = undefined;
    this.drag = undefined;
    this.all = element("button", "Show the whole time range", "whole");
    this.all.type = "button";
    this.all.hidden = true;
    this.all.addEventListener("click", () => this.zoomTo(undefined));
    readout.after(this.all);
    box.tabIndex = 0;
    box.setAttribute("role", "slider");
    box.setAttribute("aria-label", "Time in the plot");
    box.addEventListener("pointermove", (event) => this.pointer(event));
    box.addEventListener("pointerdown", (event) => this.press(event));
    box.addEventListener("pointerup", (event) => this.release(event));
    box.addEventListener("pointerleave", () => this.leave());
    box.addEventListener("pointercancel", () => this.leave());
    box.addEventListener("dblclick", () => this.zoomTo(undefined));
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("blur", () => this.leave());
  }

  show(trigger, now) {
    this.trigger = trigger;
    this.history = trigger.replicas === undefined ? withoutReplicas(trigger.history) : trigger.history;
    this.now = now;
    this.draw();
  }

  draw() {
    const { history, box } = this;
    this.width = Math.max(200, box.clientWidth);
    const first = Math.min(history.times[0], this.now - 30);
    const [from, to] = this.zoom ?? [first, this.now];
    this.from = from;
    this.to = to;
    this.upper = scaleOf(UPPER, this.visible(history.sessions, history.values, history.capacity), 4);
    this.lower = scaleOf(LOWER, this.visible(history.replicas), 2, true);
    const svg = make("svg", { width: this.width, height: HEIGHT, viewBox: `0 0 ${this.width} ${HEIGHT}`, focusable: "false" });
    svg.setAttribute("aria-hidden", "true");
    this.axes(svg);
    const plot = make("svg", { x: LEFT, y: 0, width: this.width - LEFT - RIGHT, height: HEIGHT, overflow: "hidden" });
    this.outages(plot);
    plot.append(
      make("path", { class: "area", d: this.steps(history.sessions, this.upper, UPPER.bottom) }),
      make("path", { class: "over", d: this.excess() }),
      make("path", { class: "capacity", d: this.steps(history.capacity, this.upper) }),
      make("path", { class: "value", d: this.steps(history.values, this.upper) }),
      make("path", { class: "sessions", d: this.steps(history.sessions, this.upper) }),
      make("path", { class: "replicas", d: this.steps(history.replicas, this.lower) }),
    );
    this.marks(plot);
    this.lastCount(plot);
    this.cross = make("line", { class: "pointer", y1: UPPER.top, y2: LOWER.bottom, visibility: "hidden" });
    this.selection = make("rect", { class: "selection", y: UPPER.top, height: LOWER.bottom - UPPER.top, visibility: "hidden" });
    plot.append(this.selection, this.cross);
    svg.append(plot);
    box.replaceChildren(svg);
    this.point();
  }

  x(time) {
    return round(((time - this.from) / (this.to - this.from)) * (this.width - LEFT - RIGHT));
  }

  timeAt(event) {
    const x = event.clientX - this.box.getBoundingClientRect().left - LEFT;
    const share = Math.min(1, Math.max(0, x / (this.width - LEFT - RIGHT)));
    return this.from + share * (this.to - this.from);
  }

  indexAt(time) {
    return this.history.times.findLastIndex((at) => at <= time);
  }

  /** The values in the time range, of several lists. */
  visible(...lists) {
    const { times } = this.history;
    return lists.flatMap((list) =>
      list.filter((value, i) => value !== null && times[i] <= this.to && (times[i + 1] ?? this.now) >= this.from),
    );
  }

  until(i) {
    return this.x(this.history.times[i + 1] ?? this.now);
  }

  /** A line in steps, with gaps where there is no value; with a base, the area above it. */
  steps(values, scale, base) {
    let path = "";
    let drawing = false;
    values.forEach((value, i) => {
      if (value === null) {
        drawing = false;
        return;
      }
      const x = this.x(this.history.times[i]);
      const y = scale.y(value);
      path += base === undefined ? `${drawing ? "V" : `M${x} `}${y}H${this.until(i)}` : `M${x} ${base}V${y}H${this.until(i)}V${base}Z`;
      drawing = true;
    });
    return path;
  }

  /** A dot, so that a single count is visible. */
  lastCount(svg) {
    const { times, sessions } = this.history;
    const last = sessions.length - 1;
    if (sessions[last] !== null && this.now <= this.to) {
      const x = Math.min(this.x(this.now), this.x(this.to) - 3);
      svg.append(make("circle", { class: times.length === 1 ? "last only" : "last", cx: x, cy: this.upper.y(sessions[last]), r: 3 }));
    }
  }

  /** The area above what the HPA tolerates. */
  excess() {
    return this.history.sessions
      .map((value, i) => {
        const tolerated = TOLERATED * this.history.capacity[i];
        if (value === null || this.history.capacity[i] === null || value <= tolerated) {
          return "";
        }
        const low = this.upper.y(tolerated);
        return `M${this.x(this.history.times[i])} ${low}V${this.upper.y(value)}H${this.until(i)}V${low}Z`;
      })
      .join("");
  }

  axes(svg) {
    for (const [name, scale] of [
      ["sessions", this.upper],
      ["replicas", this.lower],
    ]) {
      for (let value = 0; value <= scale.top * 1.001; value += scale.step) {
        const y = scale.y(value);
        svg.append(make("line", { class: "grid", x1: LEFT, x2: this.width - RIGHT, y1: y, y2: y }));
        svg.append(label(number(value), { x: LEFT - 8, y: y + 4, "text-anchor": "end" }));
      }
      const estimated = name === "replicas" && this.trigger.replicasPresumed ? "≈ " : "";
      svg.append(label(estimated + name, { x: 0, y: scale.frame.top - 12 }));
    }
    const range = this.to - this.from;
    const most = Math.max(2, Math.floor((this.width - LEFT) / 90));
    const step = STEPS_OF_TIME.find((seconds) => range / seconds <= most) ?? 604_800;
    const offset = zoneOffset(this.from);
    for (let time = Math.ceil((this.from - offset) / step) * step + offset; time <= this.to; time += step) {
      const x = LEFT + this.x(time);
      if (x > LEFT + 12 && x < this.width - 24) {
        const text = clock(time, { seconds: step < 60, day: this.overDays() });
        svg.append(make("line", { class: "tick", x1: x, x2: x, y1: LOWER.bottom, y2: LOWER.bottom + 4 }));
        svg.append(label(text, { x, y: HEIGHT - 6, "text-anchor": "middle" }));
      }
    }
  }

  /** Whether the time range is over midnight. */
  overDays() {
    return dayOf(this.from) !== dayOf(this.to);
  }

  /** A band for each time without a count, with what was reported, why, and for how long. */
  outages(svg) {
    const { times, basis } = this.history;
    for (let i = 0; i < basis.length; i++) {
      if (basis[i] === "measured") {
        continue;
      }
      const start = i;
      while (i + 1 < basis.length && basis[i + 1] === basis[start]) {
        i++;
      }
      const end = times[i + 1] ?? this.now;
      const x = this.x(times[start]);
      const width = Math.max(2, this.x(end) - x);
      svg.append(make("rect", { class: `outage ${basis[start]}`, x, width, y: UPPER.top, height: LOWER.bottom - UPPER.top }));
      const reason = this.reasonAt(times[start], basis[start]);
      const long = `${BASES[basis[start]]}${reason ? `, ${reason}` : ""}, ${span(end - times[start])}`;
      const text = [long, BASES[basis[start]]].find((one) => one.length * 6.5 < width);
      if (text) {
        svg.append(label(text, { class: "band-label", x: x + 4, y: UPPER.top + 12 }));
      }
    }
  }

  reasonAt(time, basis) {
    return this.trigger.events.find((event) => event.kind === basis && Math.abs(event.time - time) <= 60)?.reason;
  }

  /** A mark for each event. */
  marks(svg) {
    for (const event of this.trigger.events) {
      if (event.time >= this.from && event.time <= this.to) {
        const x = Math.min(Math.max(this.x(event.time), MARK), this.x(this.to) - MARK);
        const mark = make("path", { class: `mark ${event.kind}`, d: `M${x} ${LOWER.bottom - 7}l4 7h-8z` });
        const title = make("title", {});
        title.textContent = `${clock(event.time, { seconds: true })} ${event.text}`;
        mark.append(title);
        svg.append(mark);
      }
    }
  }

  pointer(event) {
    this.pointed = this.timeAt(event);
    if (this.drag !== undefined && event.pointerType === "mouse") {
      const [from, to] = [this.x(this.drag), this.x(this.pointed)].sort((a, b) => a - b);
      this.selection.setAttribute("x", from);
      this.selection.setAttribute("width", to - from);
      this.selection.setAttribute("visibility", "visible");
    }
    this.point();
  }

  press(event) {
    if (event.button === 0 && event.pointerType === "mouse") {
      this.drag = this.timeAt(event);
    }
    this.pointed = this.timeAt(event);
    this.point();
  }

  release(event) {
    const from = this.drag;
    this.drag = undefined;
    const to = this.timeAt(event);
    if (from !== undefined && Math.abs(this.x(to) - this.x(from)) >= LEAST_DRAG) {
      this.zoomTo([Math.min(from, to), Math.max(from, to)]);
    }
  }

  leave() {
    this.drag = undefined;
    this.pointed = undefined;
    this.selection.setAttribute("visibility", "hidden");
    this.point();
  }

  zoomTo(range) {
    this.zoom = range && range[1] - range[0] >= SHORTEST_ZOOM ? range : undefined;
    this.all.hidden = this.zoom === undefined;
    this.draw();
  }

  key(event) {
    const { times } = this.history;
    const at = this.pointed === undefined ? times.length : this.indexAt(this.pointed);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at - 20, PageDown: at + 20, Home: 0, End: times.length - 1 }[event.key];
    if (event.key === "Escape") {
      this.zoomTo(undefined);
    } else if (to !== undefined) {
      event.preventDefault();
      this.pointed = times[Math.min(times.length - 1, Math.max(0, to))];
      this.point();
    }
  }

  /** Shows the values at the pointer. */
  point() {
    const { box, history, trigger } = this;
    const shown = this.pointed !== undefined && this.pointed >= this.from && this.pointed <= this.to;
    const i = shown ? Math.max(0, this.indexAt(this.pointed)) : history.times.length - 1;
    this.cross.setAttribute("visibility", shown ? "visible" : "hidden");
    if (shown) {
      const x = this.x(Math.max(history.times[i], this.from));
      this.cross.setAttribute("x1", x);
      this.cross.setAttribute("x2", x);
    }
    const held = history.sessions[i] === null && history.basis[i] === "held" ? " (held)" : "";
    const about = trigger.replicasPresumed ? "≈ " : "";
    const old = i === history.times.length - 1 && !held && trigger.ageSeconds >= OLD ? ` (counted ${span(trigger.ageSeconds)} ago)` : "";
    const replicas =
      trigger.replicas === undefined
        ? "replicas unknown"
        : `capacity ${about}${number(history.capacity[i])}, ${about}${many(history.replicas[i], "replica")}`;
    const text =
      `${clock(history.times[i], { seconds: true, day: this.overDays() })}: ` +
      `${history.sessions[i] === null ? "no count" : many(history.sessions[i], "session") + old}, ` +
      `${history.values[i] === null ? "an error returned" : `${number(history.values[i])} reported${held}`}, ` +
      replicas;
    write(this.readout, text);
    box.setAttribute("aria-valuemin", history.times[0]);
    box.setAttribute("aria-valuemax", history.times.at(-1));
    box.setAttribute("aria-valuenow", history.times[i]);
    box.setAttribute("aria-valuetext", text);
  }
}

/** Before the first value is reported, nothing is known about the replicas. */
function withoutReplicas(history) {
  const none = history.times.map(() => null);
  return { ...history, replicas: none, capacity: none };
}

function scaleOf(frame, values, lines, whole = false) {
  const most = values.reduce((a, b) => Math.max(a, b), 1);
  const step = Math.max(whole ? 1 : 0, niceStep(most / lines));
  const top = Math.ceil(most / step + 0.1) * step;
  return { frame, step, top, y: (value) => round(frame.bottom - (value / top) * (frame.bottom - frame.top)) };
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is at least this. */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= least * 0.999);
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
