/** Polls the scaler and shows its triggers and connections. */

import { showConditions, showConnections, showKubernetes, showRefused } from "./band.js";
import { nameOf, showTable } from "./table.js";
import { clock, dayOf, element, fill, many, number, span, useTimeZone, write, zoneName } from "./words.js";

const PAGE_SIZE = 100;
const SPARK_POINTS = 60;
const TITLE = document.title;
const SHORTEST_REST = 1000;
const TIMEOUT = 5000;

/** Pause after a response, as a multiple of its duration. */
const REST_PER_ANSWER = 10;

/** The same after a failure, so that the age of the data on the page stays right. */
const REST_PER_FAILURE = 1;

const byId = (id) => document.getElementById(id);
const view = readAddress();
let timer;
let requesting = false;
let again = false;
let answeredAt;
let latest;

function readAddress() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  return {
    search: parameters.get("search") ?? "",
    sort: parameters.get("sort") ?? "problem",
    window: parameters.get("window") ?? "6h",
    condition: parameters.get("condition") ?? "",
    offset: Number(parameters.get("offset") ?? 0),
    open: parameters.has("open") ? new Set(parameters.getAll("open").filter(Boolean)) : undefined,
  };
}

function writeAddress() {
  const parameters = new URLSearchParams();
  if (view.search) {
    parameters.set("search", view.search);
  }
  if (view.sort !== "problem") {
    parameters.set("sort", view.sort);
  }
  if (view.window !== "6h") {
    parameters.set("window", view.window);
  }
  if (view.condition) {
    parameters.set("condition", view.condition);
  }
  if (view.offset > 0) {
    parameters.set("offset", view.offset);
  }
  if (view.open) {
    (view.open.size > 0 ? [...view.open] : [""]).forEach((name) => parameters.append("open", name));
  }
  history.replaceState(null, "", `#${parameters}`);
}

function requestUrl() {
  const parameters = new URLSearchParams({
    search: view.search,
    sort: view.sort,
    window: view.window,
    offset: view.offset,
    limit: view.condition === "refused" ? 0 : PAGE_SIZE,
    points: SPARK_POINTS,
  });
  if (view.condition && view.condition !== "refused") {
    parameters.set("condition", view.condition);
  }
  view.open?.forEach((name) => parameters.append("open", name));
  return `api/status?${parameters}`;
}

async function refresh() {
  clearTimeout(timer);
  if (requesting) {
    again = true;
    return;
  }
  requesting = true;
  again = false;
  const start = performance.now();
  let times = REST_PER_ANSWER;
  try {
    const response = await fetch(requestUrl(), { signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) {
      throw new Error(await response.text());
    }
    show(await response.json());
  } catch (failure) {
    times = REST_PER_FAILURE;
    showFailure(failure);
  }
  requesting = false;
  const rest = again ? 0 : Math.max(SHORTEST_REST, times * (performance.now() - start));
  if (!document.hidden) {
    timer = setTimeout(refresh, rest);
  }
}

function show(status) {
  latest = status;
  answeredAt = Date.now() / 1000;
  const now = Date.parse(status.now) / 1000;
  document.body.dataset.live = "yes";
  byId("old").hidden = true;
  showDemo(status);
  write(byId("live"), `Live; times in ${zoneName()}, today is ${dayOf(now)}`);
  if (view.open === undefined && status.triggers.length > 0) {
    view.open = new Set([nameOf(status.triggers[0])]);
    again = true;
  }
  showNumbers(status);
  showLatest();
  showProblems(status.problems);
  showConnections(byId("connections"), status.connections, now);
  showKubernetes(byId("kubernetes"), status.kubernetes ?? []);
  showConditions(byId("conditions"), status.conditions, view.condition, choose);
  showRefused(byId("refused-section"), byId("refused"), status.refused, now);
}

/** Of a demonstration: its time, and the comparison so far. */
function showDemo({ demo, now }) {
  useTimeZone(demo ? "UTC" : undefined);
  byId("demo-title").hidden = !demo;
  write(byId("demo-title"), demo ? `Demo time ${clock(Date.parse(now) / 1000)}; ${demo.title}` : "");
  byId("demo-section").hidden = !demo;
  fill(byId("demo"), demo?.lines ?? [], () => element("li", "", "notice plain"), (item, line) => {
    item.classList.toggle("muted", /overloaded for 0( s)?(,|$)/.test(line));
    write(item, line);
  });
}

/** In the tab: the number of problems. */
function showProblems(problems) {
  document.title = problems > 0 ? `(${number(problems)}) ${TITLE}` : TITLE;
  const icon = problems > 0 ? `icon.svg?problems=${problems}` : "icon.svg";
  if (byId("icon").getAttribute("href") !== icon) {
    byId("icon").setAttribute("href", icon);
  }
}

function choose(condition) {
  view.condition = condition;
  view.offset = 0;
  changed();
}

function showLatest() {
  const now = Date.parse(latest.now) / 1000;
  showTable(byId("triggers"), latest, view.open ?? new Set(), now, toggle);
}

function showNumbers(status) {
  const refused = status.conditions.refused > 0 ? `, and ${number(status.conditions.refused)} refused` : "";
  write(byId("triggers-heading"), status.known > 0 ? many(status.known, "trigger") + refused : "Triggers");
  write(byId("found"), view.search || view.condition ? `${many(status.found, "trigger")} found` : "");
  byId("found").hidden = view.condition === "refused";
  byId("table").hidden = status.triggers.length === 0;
  write(byId("axis"), `last ${byId("window").selectedOptions[0].textContent}`);
  byId("empty").hidden = status.known > 0 || status.refused.length > 0;
  const last = view.offset + status.triggers.length;
  byId("pager").hidden = view.condition === "refused" || (status.found <= PAGE_SIZE && view.offset === 0);
  write(byId("page"), `${number(Math.min(view.offset + 1, last))}–${number(last)} of ${number(status.found)}`);
  const pages = Math.max(1, Math.ceil(status.found / PAGE_SIZE));
  write(byId("pages"), `of ${number(pages)}`);
  byId("page-number").max = pages;
  if (document.activeElement !== byId("page-number")) {
    byId("page-number").value = 1 + Math.floor(view.offset / PAGE_SIZE);
  }
  byId("previous").disabled = view.offset === 0;
  byId("next").disabled = last >= status.found;
}

function showFailure(failure) {
  document.body.dataset.live = "no";
  const why = failure.name === "TimeoutError" ? "does not respond to this browser" : "cannot be reached from this browser";
  write(byId("live"), "Not live");
  byId("old").hidden = false;
  const past = Date.now() / 1000 - answeredAt;
  write(
    byId("old"),
    `The scaler ${why}. KEDA may still reach it. ` +
      (answeredAt
        ? `All below is ${span(past)} old, from ${clock(Date.parse(latest.now) / 1000, { seconds: true })}.`
        : "There is no data yet."),
  );
}

function toggle(name) {
  view.open ??= new Set();
  if (!view.open.delete(name)) {
    view.open.add(name);
  }
  showLatest();
  changed();
}

function changed() {
  writeAddress();
  refresh();
}

function bind(id, key) {
  const control = byId(id);
  control.value = view[key];
  control.addEventListener("input", () => {
    view[key] = control.value;
    view.offset = 0;
    changed();
  });
}

bind("search", "search");
bind("sort", "sort");
bind("window", "window");
byId("previous").addEventListener("click", () => {
  view.offset = Math.max(0, view.offset - PAGE_SIZE);
  changed();
});
byId("next").addEventListener("click", () => {
  view.offset += PAGE_SIZE;
  changed();
});
byId("page-number").addEventListener("change", (event) => {
  const { value, max } = event.target;
  view.offset = (Math.min(Math.max(1, Math.floor(Number(value)) || 1), Number(max)) - 1) * PAGE_SIZE;
  changed();
});
window.addEventListener("resize", () => latest && showLatest());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    refresh();
  }
});
refresh();
