/** The list of triggers: a row for each, which opens. */

import { showDetail } from "./detail.js";
import { drawSpark } from "./plot.js";
import { copyOf, number, part, write } from "./words.js";

const rows = new Map();

/** What a trigger is called in the address of the page and in that of the API. */
export function nameOf(trigger) {
  return `${trigger.namespace}/${trigger.name}/${trigger.trigger}`;
}

/**
 * Brings the list up to date. Rows that stay are kept as they are, so that neither focus nor what is open is lost.
 *
 * @param toggle is called with the name of a trigger that shall be opened or closed
 */
export function showList(list, triggers, open, now, toggle) {
  const wanted = new Set(triggers.map(nameOf));
  for (const [name, row] of rows) {
    if (!wanted.has(name)) {
      row.remove();
      rows.delete(name);
    }
  }
  triggers.forEach((trigger, i) => {
    const name = nameOf(trigger);
    const row = rows.get(name) ?? newRow(name, toggle);
    if (list.children[i] !== row) {
      list.insertBefore(row, list.children[i] ?? null);
    }
    showRow(row, trigger, open.has(name), now);
  });
}

function newRow(name, toggle) {
  const row = copyOf("trigger-template").firstElementChild;
  const detail = part(row, "detail");
  detail.id = `detail-${name}`;
  const opener = row.querySelector(".opener");
  opener.setAttribute("aria-controls", detail.id);
  opener.addEventListener("click", () => toggle(name));
  rows.set(name, row);
  return row;
}

function showRow(row, trigger, open, now) {
  row.dataset.condition = trigger.condition;
  write(part(row, "name"), `${trigger.namespace}/${trigger.name}`);
  write(part(row, "counts"), trigger.preset ? `${trigger.preset} sessions` : trigger.counts);
  const about = trigger.method === "estimate" ? "≈ " : "";
  write(part(row, "sessions"), trigger.sessions === undefined ? "–" : about + number(Math.round(trigger.sessions)));
  write(part(row, "target"), number(trigger.target));
  write(part(row, "replicas"), trigger.replicas === undefined ? "–" : number(trigger.replicas));
  const [kind, state] = stateOf(trigger);
  const pill = part(row, "state");
  pill.dataset.kind = kind;
  write(pill, state);
  if (trigger.history) {
    drawSpark(part(row, "spark"), trigger.history, now);
  }
  const detail = part(row, "detail");
  detail.hidden = !open;
  row.querySelector(".opener").setAttribute("aria-expanded", String(open));
  if (open) {
    showDetail(detail, trigger, now);
  } else {
    detail.replaceChildren();
  }
}

function stateOf(trigger) {
  if (trigger.outage) {
    return ["bad", "no number"];
  }
  if (trigger.condition === "problem") {
    return ["warn", "does not fit"];
  }
  if (trigger.active === undefined) {
    return ["", "not asked yet"];
  }
  return trigger.active ? ["good", "active"] : ["", "inactive"];
}
