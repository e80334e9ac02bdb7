/** Shows the details of one trigger. */

import { drawPlot } from "./plot.js";
import { clock, copyOf, element, many, number, part, span, write } from "./words.js";

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
export function showDetail(box, trigger, now) {
  if (!box.firstElementChild) {
    box.append(copyOf("detail-template"));
  }
  showNotices(part(box, "notices"), trigger);
  write(part(box, "verdict"), verdict(trigger));
  showHistory(box, trigger, now);
  showFacts(part(box, "facts"), trigger);
  const csv = new URLSearchParams({ namespace: trigger.namespace, name: trigger.name, trigger: trigger.trigger });
  part(box, "csv").href = `api/history.csv?${csv}`;
}

function verdict(trigger) {
  if (!trigger.verdict) {
    return "No value has been reported to KEDA yet.";
  }
  if (trigger.uncounted || (trigger.outage && trigger.onUnavailable === "error")) {
    return `For the last reported value: ${trigger.verdict}`;
  }
  return trigger.active === false
    ? `The trigger is inactive, so KEDA scales to minReplicaCount. ${trigger.verdict}`
    : trigger.verdict;
}

function notices(trigger) {
  const all = [];
  const missed = trigger.outage ?? trigger.uncounted;
  if (missed) {
    const { reason, message, seconds, answer } = missed;
    const kind = trigger.outage ? "bad" : "warn";
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

function showNotices(list, trigger) {
  const shown = notices(trigger);
  while (list.children.length > shown.length) {
    list.lastElementChild.remove();
  }
  shown.forEach(([kind, text], i) => {
    const item = list.children[i] ?? list.appendChild(element("li"));
    item.className = `notice ${kind}`;
    write(item, text);
  });
}

function showHistory(box, trigger, now) {
  const { history } = trigger;
  box.querySelector("figure").hidden = !history;
  if (!history) {
    return;
  }
  drawPlot(part(box, "plot"), history, now);
  write(part(box, "caption"), caption(history, now));
  if (part(box, "table-box").open) {
    showTable(part(box, "rows"), history);
  }
}

/** Describes the plot as text. */
function caption(history, now) {
  const counted = history.sessions.filter((value) => value !== null);
  const from = clock(history.times[0]);
  const outage = history.outage.some(Boolean) ? " At times there was no count from Redis." : "";
  if (counted.length === 0) {
    return `From ${from} to ${clock(now)} there was no count from Redis.`;
  }
  return (
    `From ${from} to ${clock(now)}: ${range(counted)} sessions, now ${number(counted.at(-1))}. ` +
    `Capacity of the replicas: ${range(history.capacity)}, now ${number(history.capacity.at(-1))}.${outage}`
  );
}

function range(values) {
  const least = number(Math.min(...values));
  const most = number(Math.max(...values));
  return least === most ? least : `${least} to ${most}`;
}

function showTable(body, history) {
  const stride = Math.max(1, Math.ceil(history.times.length / TABLE_ROWS));
  const rows = [];
  for (let i = history.times.length - 1; i >= 0; i -= stride) {
    const row = element("tr");
    row.append(
      element("td", clock(history.times[i], { seconds: true, day: true })),
      element("td", history.sessions[i] === null ? "no count" : number(history.sessions[i])),
      element("td", number(history.capacity[i])),
    );
    rows.push(row);
  }
  body.replaceChildren(...rows);
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
    all.push(["Reported value", `${number(trigger.value)}${how(trigger)}, ${span(trigger.answeredSeconds)} ago`]);
    all.push(["Replicas", `${number(trigger.replicas)}${trigger.replicasPresumed ? ", estimated (see below)" : ""}`]);
    all.push(["Capacity", many(trigger.capacity, "session")]);
    all.push(["Desired", many(trigger.wantedReplicas, "replica")]);
  }
  if (trigger.lookAhead) {
    all.push(["Looks ahead", trigger.lookAhead.explanation]);
  }
  const active = trigger.active === undefined ? "unknown" : trigger.active ? "yes" : "no";
  all.push(["Active", `${active}; while ${trigger.activeWhile}`]);
  all.push(["While Redis is unavailable", POLICIES[trigger.onUnavailable]]);
  const database = trigger.database === undefined ? "" : `, database ${trigger.database}`;
  all.push(["Redis", `connection ${trigger.connection}${database}`]);
  all.push(["Metric", trigger.metric]);
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
  const shown = facts(trigger);
  while (list.children.length > shown.length) {
    list.lastElementChild.remove();
  }
  shown.forEach(([term, text], i) => {
    const pair = list.children[i] ?? list.appendChild(element("div"));
    if (!pair.firstElementChild) {
      pair.append(element("dt"), element("dd"));
    }
    write(pair.firstElementChild, term);
    write(pair.lastElementChild, text);
  });
}
