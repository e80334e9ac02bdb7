/** Shows the details of one trigger. */

import { TOLERATED, showPlots } from "./plot.js";
import {
  DOCS,
  clock,
  copies,
  copyOf,
  dayOf,
  element,
  fill,
  many,
  moment,
  number,
  part,
  span,
  write,
  zoneName,
} from "./words.js";

const METHODS = {
  index: "one command, which returns the number",
  exact: "SCAN over all keys",
  estimate: "estimated from a sample",
};

const POLICIES = {
  minimum: "reports inactive and 0",
  hold: "reports the last value for a time",
  error: "returns an error to KEDA",
};

const TABLE_ROWS = 24;
const EVENTS_SHOWN = 8;

/** Updates the details of a trigger, or creates them. */
export function showDetail(cell, trigger, now, connections) {
  if (!cell.firstElementChild) {
    cell.replaceChildren(copyOf("detail-template"));
    copies(part(cell, "copy"), part(cell, "command"));
    copies(part(cell, "copy-fallback"), part(cell, "fallback"));
    part(cell, "all-events").addEventListener("click", () => {
      part(cell, "events").classList.toggle("all");
      limitEvents(cell.firstElementChild);
    });
  }
  const box = cell.firstElementChild;
  write(part(box, "full-name"), `${trigger.namespace}/${trigger.name}`);
  write(part(box, "full-metric"), `metric ${trigger.metric}`);
  fill(part(box, "notices"), notices(trigger, connections), () => element("li"), (item, [kind, text]) => {
    item.className = `notice ${kind}`;
    write(item, text);
  });
  fill(part(box, "chain"), chain(trigger), () => element("li"), write);
  showDocs(part(box, "docs"), trigger);
  showHistory(box, trigger, now);
  showEvents(box, trigger.events);
  showFacts(part(box, "facts"), trigger);
  write(part(box, "command"), command(trigger));
  part(box, "fallback-box").hidden = trigger.condition !== "error";
  write(
    part(box, "fallback"),
    `kubectl -n ${trigger.namespace} get scaledobject ${trigger.name} -o jsonpath='{.spec.fallback}'`,
  );
  const csv = new URLSearchParams({ namespace: trigger.namespace, name: trigger.name, trigger: trigger.trigger });
  part(box, "csv").href = `api/history.csv?${csv}`;
}

function chain(trigger) {
  return trigger.chain.length > 0 ? trigger.chain : ["No value has been reported to KEDA yet"];
}

/** Asks the scaler what KEDA asks, with the metadata of the ScaledObject. */
function command(trigger) {
  return (
    `kubectl -n ${trigger.namespace} get scaledobject ${trigger.name} -o json | kubectl -n keda exec -i ` +
    `deployment/redis-session-scaler -- java @scaler check --scaledobject - --trigger ${trigger.metric}`
  );
}

/** What happens next, while there is no count. */
function happens({ condition, replicas, replicasPresumed, next }) {
  const current = `${replicasPresumed ? "≈ " : ""}${many(replicas ?? 0, "replica")}`;
  switch (condition) {
    case "held":
      return `${current} now; ${next}, unless Redis gives a count first`;
    case "minimum":
      return `${current} now; ${next}`;
    default:
      return `${replicas === undefined ? "keeps its replicas" : `${current} now`}, or those of the fallback, ${next}`;
  }
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function showDocs(link, trigger) {
  const [page, text] = docsOf(trigger);
  link.href = DOCS + page;
  write(link, text);
}

function docsOf(trigger) {
  const missed = trigger.outage ?? trigger.uncounted;
  if (missed) {
    return ["outages.md#reasons", `What ${missed.reason} means, and what is reported meanwhile`];
  }
  if (trigger.condition === "above_max") {
    return ["alerts.md#redissessionscalerabovemaximum", "What to do at the maximum"];
  }
  if (trigger.targetProblem) {
    return ["metadata.md#parameter-list", "How sessionSizeKey works"];
  }
  if (trigger.advice.length > 0) {
    return ["counting.md#layout-warnings", "What this warning means"];
  }
  if (trigger.condition === "tolerated") {
    return ["troubleshooting.md", "How to scale at each session, without the tolerance"];
  }
  return ["status-page.md", "How to read this page"];
}

function notices(trigger, connections) {
  const all = [];
  const missed = trigger.outage ?? trigger.uncounted;
  if (missed) {
    const { reason, message, seconds, answer } = missed;
    const kind = trigger.condition === "held" ? "held" : "bad";
    const known = connections.find((one) => one.name === trigger.connection);
    const shown = known?.state === "down" && known.lastFailure?.message === message;
    const why = shown ? `connection ${trigger.connection} is down, see above` : message;
    all.push([`${kind} first`, `${sentence(happens(trigger))}.`]);
    all.push([`${kind} rest`, `No count from Redis for ${span(seconds)} (${reason}): ${why}. ${answer}`]);
  }
  const hpa = trigger.kubernetes?.hpa;
  if (trigger.condition === "above_max") {
    const each = number(Math.ceil(trigger.sessions / Math.max(1, hpa.currentReplicas)));
    const text = `${number(trigger.wantedReplicas)} replicas are wanted, but the maximum is ${number(hpa.maxReplicas)}: `;
    all.push(["bad", `${text}each has about ${each} sessions, the target is ${number(trigger.target)}.`]);
  }
  (trigger.kubernetes?.remarks ?? []).forEach((sentence) => all.push(["warn", sentence]));
  if (trigger.targetProblem) {
    all.push(["warn", `No target from sessionSizeKey; using ${number(trigger.target)}: ${trigger.targetProblem}`]);
  }
  trigger.advice.forEach((sentence) => all.push(["warn", sentence]));
  if (trigger.scan) {
    const { keysSeen, keysExpected, seconds } = trigger.scan;
    all.push(["", `Scan in progress: ${number(keysSeen)} of about ${number(keysExpected)} keys in ${span(seconds)}.`]);
  }
  return all;
}

function showHistory(box, trigger, now) {
  const { history } = trigger;
  const figure = box.querySelector("figure");
  figure.hidden = history.times.length === 0;
  if (figure.hidden) {
    return;
  }
  showPlots(part(box, "plot"), part(box, "readout"), trigger, now);
  write(part(box, "caption"), caption(trigger, now));
  part(box, "key-event").hidden = trigger.events.length === 0;
  part(box, "key-held").hidden = !history.basis.includes("held");
  part(box, "key-outage").hidden = !history.basis.some((basis) => basis === "minimum" || basis === "error");
  part(box, "key-over").hidden = !history.sessions.some((value, i) => value > TOLERATED * history.capacity[i]);
  if (part(box, "table-box").open) {
    showRows(part(box, "rows"), trigger);
  }
}

/** Describes the plot as text. */
function caption({ history, outage, uncounted, replicasPresumed }, now) {
  const counted = history.sessions.filter((value) => value !== null);
  const day = dayOf(history.times[0]) !== dayOf(now);
  const from =
    now - history.times[0] < 60
      ? `At ${clock(now, { seconds: true })} (${zoneName()})`
      : `From ${clock(history.times[0], { day })} to ${clock(now, { day })} (${zoneName()})`;
  const missed = outage ?? uncounted;
  if (counted.length === 0) {
    return `${from} there was no count from Redis.`;
  }
  const about = replicasPresumed ? "≈ " : "";
  const gap = missed
    ? ` There is no count from Redis since ${moment(now - missed.seconds, now)}.`
    : history.sessions.includes(null)
      ? " At times there was no count from Redis."
      : "";
  return (
    `${from}: ${range(counted, " sessions", missed ? "last" : "now")}. ` +
    `Capacity of the replicas: ${about}${range(history.capacity, "", "now")}.${gap}`
  );
}

/** The lowest and the highest value, and the last one if there are several. */
function range(values, unit, last) {
  const least = number(Math.min(...values));
  const most = number(Math.max(...values));
  return least === most ? least + unit : `${least} to ${most}${unit}, ${last} ${number(values.at(-1))}`;
}

function showRows(body, { history, replicas, replicasPresumed }) {
  const about = replicasPresumed ? "≈ " : "";
  const stride = Math.max(1, Math.ceil(history.times.length / TABLE_ROWS));
  const rows = [];
  for (let i = history.times.length - 1; i >= 0; i -= stride) {
    const row = element("tr");
    row.append(
      element("td", clock(history.times[i], { seconds: true, day: true })),
      element("td", history.sessions[i] === null ? "no count" : number(history.sessions[i])),
      element("td", history.values[i] === null ? "error" : number(history.values[i])),
      element("td", replicas === undefined ? "–" : about + number(history.capacity[i])),
      element("td", replicas === undefined ? "–" : about + number(history.replicas[i])),
    );
    rows.push(row);
  }
  body.replaceChildren(...rows);
}

function showEvents(box, events) {
  part(box, "events-box").hidden = events.length === 0;
  fill(
    part(box, "events"),
    events,
    () => {
      const item = element("li");
      item.append(element("time", "", "muted"), element("span"));
      return item;
    },
    (item, event) => {
      item.dataset.kind = event.kind;
      write(item.firstElementChild, clock(event.time, { seconds: true, day: true }));
      write(item.lastElementChild, event.text);
    },
  );
  limitEvents(box);
}

/** Shows the latest events, or all of them. */
function limitEvents(box) {
  const list = part(box, "events");
  const all = list.classList.contains("all");
  [...list.children].forEach((item, i) => (item.hidden = !all && i >= EVENTS_SHOWN));
  const button = part(box, "all-events");
  button.hidden = list.children.length <= EVENTS_SHOWN;
  write(button, all ? "Show fewer" : `Show all ${list.children.length}`);
}

function facts(trigger) {
  const all = [["Counts", trigger.counts + (trigger.preset ? ` (preset ${trigger.preset})` : "")]];
  if (trigger.method) {
    all.push(["Method", METHODS[trigger.method]]);
    if (trigger.confidence95) {
      const [low, high] = trigger.confidence95.map((value) => number(Math.round(value)));
      all.push(["Accuracy", `${low} to ${high} with 95 % confidence`]);
    }
    all.push(["Counted", ago(trigger.ageSeconds)]);
  }
  const key = trigger.targetKey ? `, from the key '${trigger.targetKey}'` : "";
  all.push(["Target", `${many(trigger.target, "session")} per replica${key}`]);
  if (trigger.metricTarget !== trigger.target) {
    const scale = `${number(trigger.metricTarget)} / ${number(trigger.target)}`;
    all.push(["Target of the metric", `${number(trigger.metricTarget)}, so the value is scaled by ${scale}`]);
  }
  if (trigger.value !== undefined) {
    all.push(["Last reported value", `${number(trigger.value)}${how(trigger)}, ${ago(trigger.answeredSeconds)}`]);
    const about = trigger.replicasPresumed ? "≈ " : "";
    all.push(["Capacity of the replicas", about + many(trigger.capacity, "session")]);
  }
  all.push(...ofKubernetes(trigger.kubernetes));
  if (trigger.lookAhead) {
    all.push(["Looks ahead", trigger.lookAhead.explanation]);
  }
  const active = trigger.active === undefined ? "not reported" : trigger.active ? "yes" : "no";
  all.push(["Reported as active", active + (trigger.condition === "held" ? " (held)" : "")]);
  all.push(["Active while", trigger.activeWhile]);
  all.push([`onUnavailable: ${trigger.onUnavailable}`, POLICIES[trigger.onUnavailable]]);
  if (trigger.sources) {
    trigger.sources.forEach((source, i) => all.push([`sources[${i}]`, `${source.counts}; ${place(source)}`]));
  } else {
    all.push(["Redis", place(trigger)]);
  }
  all.push(["Last call of KEDA", ago(trigger.lastAskedSeconds)]);
  return all;
}

function place(counted) {
  const database = counted.database === undefined ? "" : `, database ${counted.database}`;
  return `connection ${counted.connection}${database}`;
}

function ago(seconds) {
  return seconds < 1 ? "now" : `${span(seconds)} ago`;
}

/** What the HPA and the ScaledObject say. */
function ofKubernetes({ hpa, scaledObject } = {}) {
  const all = [];
  if (hpa) {
    const limits = `between ${number(hpa.minReplicas)} and ${number(hpa.maxReplicas)}`;
    const numbers = `${many(hpa.currentReplicas, "replica")} now, ${number(hpa.desiredReplicas)} desired, ${limits}`;
    const scaled = hpa.scaledSeconds === undefined ? "" : `, scaled ${span(hpa.scaledSeconds)} ago`;
    all.push([`HPA ${hpa.name}`, numbers + scaled]);
    all.push(["Conditions of the HPA", conditions(hpa.conditions)]);
  }
  if (scaledObject) {
    const combined = scaledObject.formula ? ", combined by a formula" : "";
    all.push(["Triggers of the ScaledObject", scaledObject.triggers.join(", ") + combined]);
    if (scaledObject.fallbackReplicas !== undefined) {
      const state = scaledObject.usesFallback ? "in use" : "not in use";
      all.push(["Fallback", `${many(scaledObject.fallbackReplicas, "replica")}, ${state}`]);
    }
    all.push(["Conditions of the ScaledObject", conditions(scaledObject.conditions)]);
  }
  return all;
}

function conditions(all) {
  const texts = all.map(({ type, status, reason }) => `${type} ${status.toLowerCase()}${reason ? ` (${reason})` : ""}`);
  return texts.length > 0 ? texts.join(", ") : "none";
}

function how(trigger) {
  const parts = [];
  if (trigger.headroom !== "0") {
    parts.push(`headroom ${trigger.headroom}`);
  }
  if (trigger.wholeReplicas) {
    parts.push("whole replicas");
  }
  return parts.length > 0 ? ` (${parts.join(", ")})` : "";
}

function showFacts(list, trigger) {
  fill(
    list,
    facts(trigger),
    () => {
      const pair = element("div");
      pair.append(element("dt"), element("dd"));
      return pair;
    },
    (pair, [term, text]) => {
      write(pair.firstElementChild, term);
      write(pair.lastElementChild, text);
    },
  );
}
