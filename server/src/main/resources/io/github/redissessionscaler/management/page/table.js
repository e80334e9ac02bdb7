/** The table of triggers, with a row for each that can be opened. */

import { CONDITIONS } from "./band.js";
import { showDetail } from "./detail.js";
import { drawSpark } from "./plot.js";
import { copyOf, element, many, number, part, span, write } from "./words.js";

/** Characters at the end of a name that stay visible when it is cut. */
const TAIL = 8;

const rows = new Map();

/** The name of a trigger in the URLs of the page and of the API. */
export function nameOf(trigger) {
  return `${trigger.namespace}/${trigger.name}/${trigger.trigger}`;
}

/**
 * Updates the table. Existing rows are reused, so that focus and open rows are kept.
 *
 * @param toggle called with the name of a trigger to open or close
 */
export function showTable(body, { triggers, connections }, open, now, toggle) {
  const shown = new Set(triggers.map(nameOf));
  for (const [name, row] of rows) {
    if (!shown.has(name)) {
      row.detail?.remove();
      row.row.remove();
      rows.delete(name);
    }
  }
  // A cell over more columns than are visible would add columns.
  body.parentElement.classList.toggle("reasons", triggers.some((trigger) => reason(trigger) !== ""));
  const columns = [...body.parentElement.tHead.rows[0].cells].filter((one) => one.offsetWidth > 0).length || 1;
  let before = null;
  let namespace;
  for (const trigger of triggers) {
    const name = nameOf(trigger);
    const row = rows.get(name) ?? newRow(name, toggle);
    before = place(body, row.row, before);
    showRow(row.row, trigger, trigger.namespace !== namespace);
    namespace = trigger.namespace;
    const isOpen = open.has(name);
    row.row.querySelector(".opener").setAttribute("aria-expanded", String(isOpen));
    row.row.classList.toggle("open", isOpen);
    if (isOpen) {
      row.detail ??= newDetail(name);
      before = place(body, row.detail, before);
      row.detail.firstElementChild.colSpan = columns;
      if (trigger.history === undefined) {
        row.detail.firstElementChild.textContent = "Loading …";
      } else {
        showDetail(row.detail.firstElementChild, trigger, now, connections);
      }
    } else if (row.detail) {
      row.detail.remove();
      row.detail = undefined;
    }
  }
}

/** Puts an element behind another one, or first. Moves nothing that is in its place. */
function place(body, row, before) {
  const expected = before ? before.nextElementSibling : body.firstElementChild;
  if (expected !== row) {
    body.insertBefore(row, expected);
  }
  return row;
}

function newRow(name, toggle) {
  const row = copyOf("trigger-template").firstElementChild;
  const opener = row.querySelector(".opener");
  opener.setAttribute("aria-controls", `detail-${name}`);
  opener.addEventListener("click", () => toggle(name));
  const made = { row, detail: undefined };
  rows.set(name, made);
  return made;
}

function newDetail(name) {
  const row = element("tr", "", "detail-row");
  row.id = `detail-${name}`;
  row.append(element("td"));
  return row;
}

function showRow(row, trigger, first) {
  row.dataset.condition = trigger.condition;
  row.classList.toggle("first", first);
  const [kind, state, title] = stateOf(trigger);
  const pill = part(row, "state");
  pill.dataset.kind = kind;
  pill.title = title;
  write(pill, state);
  write(part(row, "reason"), reason(trigger));
  const namespace = part(row, "namespace");
  namespace.title = trigger.namespace;
  write(namespace, trigger.namespace);
  const name = part(row, "name");
  row.querySelector(".opener").title = `${trigger.namespace}/${trigger.name}, metric ${trigger.metric}`;
  write(name.firstElementChild, trigger.name.slice(0, -TAIL));
  write(name.lastElementChild, trigger.name.slice(-TAIL));
  write(part(row, "metric"), trigger.metric);
  write(part(row, "sessions"), sessions(trigger));
  write(part(row, "target"), number(trigger.target));
  write(part(row, "replicas"), replicas(trigger));
  const [step, explained] = next(trigger);
  const nextCell = part(row, "next");
  nextCell.title = explained;
  write(nextCell, step);
  row.querySelector(".c-name").dataset.small = trigger.namespace;
  row.querySelector(".c-replicas").dataset.small = step;
  if (trigger.spark) {
    drawSpark(part(row, "spark"), trigger.spark);
  }
}

/** Why the state is a problem, in a word. */
function reason(trigger) {
  return (
    missedBy(trigger)?.reason ??
    (trigger.condition !== "warning" ? "" : trigger.targetProblem ? "sessionSizeKey" : "layout")
  );
}

function stateOf(trigger) {
  return trigger.value === undefined && !missedBy(trigger) ? ["", "no value yet", ""] : CONDITIONS[trigger.condition];
}

/** Why there is no count now, if there is none. */
function missedBy(trigger) {
  return trigger.outage ?? trigger.uncounted;
}

function sessions(trigger) {
  if (trigger.sessions === undefined) {
    return "–";
  }
  const about = trigger.method === "estimate" ? "≈ " : "";
  const count = about + number(Math.round(trigger.sessions));
  return missedBy(trigger) ? `last ${count}, ${span(trigger.ageSeconds)} ago` : count;
}

function replicas(trigger) {
  if (trigger.replicas === undefined) {
    return "–";
  }
  const hpa = trigger.kubernetes?.hpa;
  if (hpa) {
    const wanted = trigger.condition === "above_max" ? ` of ${number(trigger.wantedReplicas)}` : "";
    return number(hpa.currentReplicas) + arrow(hpa.currentReplicas, hpa.desiredReplicas) + wanted;
  }
  const about = trigger.replicasPresumed ? "≈ " : "";
  const coming = trigger.scaleIn?.replicas ?? trigger.wantedReplicas ?? trigger.replicas;
  const fallback = trigger.condition === "error" && trigger.replicasPresumed ? " or fallback" : "";
  return about + number(trigger.replicas) + (arrow(trigger.replicas, coming) || fallback);
}

function arrow(from, to) {
  return from === to ? "" : ` → ${number(to)}`;
}

/** The next step in a few words, and in more of them. */
function next(trigger) {
  if (trigger.next !== undefined) {
    return [trigger.next.replace(/^scales (in|out) to/, "→"), trigger.chain.join(" → ")];
  }
  const parts = [];
  const words = [];
  if (trigger.moreReplicasAt !== undefined) {
    parts.push(`▲ ${number(trigger.moreReplicasAt)}`);
    words.push(`Scales out at ${many(trigger.moreReplicasAt, "session")} or more`);
  }
  if (trigger.fewerReplicasAt !== undefined && trigger.replicas > 1) {
    parts.push(`▼ ${number(trigger.fewerReplicasAt)}`);
    words.push(`${words.length > 0 ? "in" : "Scales in"} at ${number(trigger.fewerReplicasAt)} or fewer`);
  }
  return [parts.join("  "), words.join(", ")];
}
