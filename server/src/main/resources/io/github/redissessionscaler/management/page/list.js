/** The list of triggers, with a row for each that can be opened. */

import { showDetail } from "./detail.js";
import { drawSpark } from "./plot.js";
import { copyOf, number, part, write } from "./words.js";

const rows = new Map();

/** The name of a trigger in the URLs of the page and of the API. */
export function nameOf(trigger) {
  return `${trigger.namespace}/${trigger.name}/${trigger.trigger}`;
}

/**
 * Updates the list. Existing rows are reused, so that focus and open rows are kept.
 *
 * @param toggle called with the name of a trigger to open or close
 */
export function showList(list, triggers, open, now, toggle) {
  const shown = new Set(triggers.map(nameOf));
  for (const [name, row] of rows) {
    if (!shown.has(name)) {
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
    return ["bad", "no count"];
  }
  if (trigger.uncounted) {
    return ["warn", "no count"];
  }
  if (trigger.condition === "problem") {
    return ["warn", "warning"];
  }
  if (trigger.active === undefined) {
    return ["", "unknown"];
  }
  return trigger.active ? ["good", "active"] : ["", "inactive"];
}
