/** Shows the details of one trigger. */

import { showPlots } from "./plot.js";
import { DOCS, clock, copies, copyOf, element, fill, many, number, part, span, write } from "./words.js";

const METHODS = {
  index: "a number stored by Redis",
  exact: "all keys were visited",
  estimate: "estimated from a sample",
};

const POLICIES = {
  minimum: "inactive and 0 (minimum)",
  hold: "the last value for a time (hold)",
  error: "the error UNAVAILABLE (error)",
};

const TABLE_ROWS = 24;

/** Updates the details of a trigger, or creates them. */
export function showDetail(cell, trigger, now) {
  if (!cell.firstElementChild) {
    cell.append(copyOf("detail-template"));
    copies(part(cell, "copy"), part(cell, "command"));
  }
  const box = cell.firstElementChild;
  fill(part(box, "notices"), notices(trigger), () => element("li"), (item, [kind, text]) => {
    item.className = `notice ${kind}`;
    write(item, text);
  });
  fill(part(box, "chain"), chain(trigger), () => element("li"), write);
  showDocs(part(box, "docs"), trigger);
  showHistory(box, trigger, now);
  showEvents(box, trigger.events);
  showFacts(part(box, "facts"), trigger);
  write(part(box, "command"), command(trigger));
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

function notices(trigger) {
  const all = [];
  const missed = trigger.outage ?? trigger.uncounted;
  if (missed) {
    const { reason, message, seconds, answer } = missed;
    const kind = trigger.condition === "held" ? "held" : "bad";
    all.push([kind, `No count from Redis for ${span(seconds)} (${reason}): ${message}. ${answer}`]);
  }
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
  if (part(box, "table-box").open) {
    showRows(part(box, "rows"), trigger);
  }
}

/** Describes the plot as text. */
function caption({ history, outage, uncounted }, now) {
  const counted = history.sessions.filter((value) => value !== null);
  const from = clock(history.times[0]);
  if (counted.length === 0) {
    return `From ${from} to ${clock(now)} there was no count from Redis.`;
  }
  const last = (outage ?? uncounted) ? "last" : "now";
  const gap = history.basis.some((basis) => basis !== "measured") ? " At times there was no count from Redis." : "";
  return (
    `From ${from} to ${clock(now)}: ${range(counted)} sessions, ${last} ${number(counted.at(-1))}. ` +
    `Capacity of the replicas: ${range(history.capacity)}, now ${number(history.capacity.at(-1))}.${gap}`
  );
}

function range(values) {
  const least = number(Math.min(...values));
  const most = number(Math.max(...values));
  return least === most ? least : `${least} to ${most}`;
}

function showRows(body, { history, replicasPresumed }) {
  const stride = Math.max(1, Math.ceil(history.times.length / TABLE_ROWS));
  const rows = [];
  for (let i = history.times.length - 1; i >= 0; i -= stride) {
    const row = element("tr");
    row.append(
      element("td", clock(history.times[i], { seconds: true, day: true })),
      element("td", history.sessions[i] === null ? "no count" : number(history.sessions[i])),
      element("td", history.values[i] === null ? "error" : number(history.values[i])),
      element("td", number(history.capacity[i])),
      element("td", (replicasPresumed ? "≈ " : "") + number(history.replicas[i])),
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
}

function facts(trigger) {
  const all = [["Counts", trigger.counts + (trigger.preset ? ` (preset ${trigger.preset})` : "")]];
  if (trigger.method) {
    all.push(["Method", METHODS[trigger.method]]);
    if (trigger.confidence95) {
      const [low, high] = trigger.confidence95.map((value) => number(Math.round(value)));
      all.push(["Accuracy", `${low} to ${high} with 95 % confidence`]);
    }
    all.push(["Counted", `${span(trigger.ageSeconds)} ago`]);
  }
  const key = trigger.targetKey ? `, from the key '${trigger.targetKey}'` : "";
  all.push(["Target", `${many(trigger.target, "session")} per replica${key}`]);
  if (trigger.metricTarget !== trigger.target) {
    const scale = `${number(trigger.metricTarget)} / ${number(trigger.target)}`;
    all.push(["Target of the metric", `${number(trigger.metricTarget)}, so the value is scaled by ${scale}`]);
  }
  if (trigger.value !== undefined) {
    all.push(["Last reported value", `${number(trigger.value)}${how(trigger)}, ${span(trigger.answeredSeconds)} ago`]);
    const about = trigger.replicasPresumed ? "≈ " : "";
    all.push(["Capacity of the replicas", about + many(trigger.capacity, "session")]);
  }
  if (trigger.lookAhead) {
    all.push(["Looks ahead", trigger.lookAhead.explanation]);
  }
  const active = trigger.active === undefined ? "unknown" : trigger.active ? "yes" : "no";
  all.push(["Active", active]);
  all.push(["Active while", trigger.activeWhile]);
  all.push(["While Redis is unavailable", POLICIES[trigger.onUnavailable]]);
  const database = trigger.database === undefined ? "" : `, database ${trigger.database}`;
  all.push(["Redis", `connection ${trigger.connection}${database}`]);
  all.push(["Last call of KEDA", `${span(trigger.lastAskedSeconds)} ago`]);
  return all;
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
