/** Shows what is wrong: the state of each Redis connection, the number of triggers in each state, and refused triggers. */

import { copies, copyOf, element, fill, many, moment, number, part, span, write } from "./words.js";

const CONNECTION_STATES = { up: ["good", "up"], down: ["bad", "down"], unused: ["", "not used yet"] };

/** The states in the order of their buttons: what they are called, and how they look. */
export const CONDITIONS = {
  minimum: ["bad", "reporting 0", "Redis gives no count, and inactive and 0 are reported: the application goes to its minimum"],
  error: ["bad", "error", "An error is returned to KEDA, which uses the fallback of the ScaledObject; without one, the HPA keeps the replicas"],
  above_max: ["bad", "above max", "More replicas are needed than the maximum: each has more sessions than the target"],
  held: ["held", "held", "Redis gives no count, and the last value is reported: nothing changes"],
  refused: ["bad", "refused", "The trigger is wrong, and KEDA gets an error instead of a metric: the HPA keeps the replicas"],
  warning: ["warn", "warning", "There is a count, but something does not fit"],
  tolerated: ["", "within tolerance", "Another number of replicas would be needed, but the HPA tolerates the difference"],
  fine: ["good", "fine", "The replicas fit the sessions"],
};

/** Names of states in the plural, where it differs. */
const PLURALS = { error: "errors", warning: "warnings" };

const API_STATES = { up: ["good", "up"], starting: ["", "starting"], down: ["bad", "down"] };

/** What the page lacks without these objects. */
const MISSING = {
  horizontalpodautoscalers: "Replicas are estimates (≈) meanwhile.",
  scaledobjects: "Pauses, fallbacks and other triggers are unknown meanwhile.",
};

/** Updates the state of the Kubernetes API, if the scaler reads it. */
export function showKubernetes(list, access) {
  list.hidden = access.length === 0;
  fill(list, access, () => copyOf("connection-template").firstElementChild, showAccess);
}

function showAccess(item, access) {
  const [kind, state] = API_STATES[access.state];
  const pill = part(item, "state");
  pill.dataset.kind = kind;
  write(pill, `${state} for ${span(access.seconds)}`);
  write(part(item, "name"), "Kubernetes");
  write(part(item, "where"), access.resource);
  write(part(item, "trouble"), access.problem ? `${access.problem}. ${MISSING[access.resource]}` : "");
}

/** Updates the list of connections. */
export function showConnections(list, connections, now) {
  fill(list, connections, () => copyOf("connection-template").firstElementChild, (item, one) => showConnection(item, one, now));
}

function showConnection(item, connection, now) {
  const [kind, state] = CONNECTION_STATES[connection.state];
  const pill = part(item, "state");
  pill.dataset.kind = kind;
  write(pill, connection.seconds === undefined ? state : `${state} for ${span(connection.seconds)}`);
  write(part(item, "name"), connection.name);
  write(part(item, "where"), where(connection));
  write(part(item, "numbers"), numbers(connection));
  write(part(item, "trouble"), trouble(connection));
  write(part(item, "past"), past(connection, now));
}

function where(connection) {
  const tls = connection.tls ? ", TLS" : "";
  const server = connection.server ? `, ${connection.state === "down" ? "last seen as " : ""}${connection.server}` : "";
  return `${connection.address ?? ""}, Redis user '${connection.user ?? "default"}'${tls}${server}`;
}

function numbers(connection) {
  const parts = [];
  if (connection.latencyMillis !== undefined && connection.state !== "down") {
    parts.push(`round trip ${millis(connection.latencyMillis)}, slowest ${millis(connection.slowestMillis)}`);
  }
  if (connection.reconnects > 0) {
    parts.push(many(connection.reconnects, "reconnect"));
  }
  return parts.join(", ");
}

function trouble({ state, lastFailure }) {
  return state === "down" && lastFailure ? `${lastFailure.reason}: ${lastFailure.message}` : "";
}

/** The last outage that is over. */
function past({ state, lastOutage }, now) {
  if (state === "down" || !lastOutage) {
    return "";
  }
  const { reason, seconds, endedSeconds } = lastOutage;
  return `Was unavailable for ${span(seconds)} until ${moment(now - endedSeconds, now)} (${reason})`;
}

function millis(value) {
  return `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;
}

/**
 * Updates the buttons that filter the table.
 *
 * @param choose called with the state of a pressed button, or with an empty text
 */
export function showConditions(box, conditions, chosen, choose) {
  for (const [condition, [kind, name, title]] of Object.entries(CONDITIONS)) {
    const button = document.getElementById(`filter-${condition}`) ?? newButton(box, condition, title, choose);
    button.dataset.kind = conditions[condition] > 0 ? kind : "";
    button.setAttribute("aria-pressed", String(chosen === condition));
    button.hidden = conditions[condition] === 0 && chosen !== condition;
    const plural = conditions[condition] === 1 ? name : (PLURALS[condition] ?? name);
    write(button, `${number(conditions[condition])} ${plural}`);
  }
}

function newButton(box, condition, title, choose) {
  const button = element("button");
  button.id = `filter-${condition}`;
  button.type = "button";
  button.title = title;
  button.addEventListener("click", () =>
    choose(button.getAttribute("aria-pressed") === "true" ? "" : condition),
  );
  return box.appendChild(button);
}

/** Updates the refused triggers. */
export function showRefused(section, list, refused, now) {
  section.hidden = refused.length === 0;
  fill(list, refused, newRefused, (item, one) => {
    write(part(item, "name"), `${one.namespace}/${one.name}`);
    const last = one.lastSeconds < 1 ? "" : `, last ${span(one.lastSeconds)} ago`;
    write(part(item, "when"), `refused since ${moment(now - one.seconds, now)}${last}`);
    write(part(item, "reason"), one.reason);
    write(part(item, "command"), `kubectl -n ${one.namespace} edit scaledobject ${one.name}`);
  });
}

function newRefused() {
  const item = copyOf("refused-template").firstElementChild;
  copies(part(item, "copy"), part(item, "command"));
  return item;
}
