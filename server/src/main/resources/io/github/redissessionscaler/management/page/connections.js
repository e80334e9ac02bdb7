/** Shows each Redis connection: its state, latency and failures. */

import { copyOf, many, number, part, span, write } from "./words.js";

const STATES = { up: ["good", "available"], down: ["bad", "unavailable"], unused: ["", "not used yet"] };

/** Updates the list. */
export function showConnections(list, connections) {
  while (list.children.length > connections.length) {
    list.lastElementChild.remove();
  }
  connections.forEach((connection, i) => {
    const item = list.children[i] ?? list.appendChild(copyOf("connection-template").firstElementChild);
    const [kind, state] = STATES[connection.state];
    const pill = part(item, "state");
    pill.dataset.kind = kind;
    write(pill, state);
    write(part(item, "name"), connection.name);
    write(part(item, "numbers"), numbers(connection));
    write(part(item, "trouble"), trouble(connection));
  });
}

function numbers(connection) {
  if (connection.state === "unused") {
    return "";
  }
  const { latencyMillis, slowestMillis, commands, reconnects } = connection;
  const again = reconnects > 0 ? `, ${many(reconnects, "reconnect")}` : "";
  return `round trip ${millis(latencyMillis)}, slowest ${millis(slowestMillis)}; ${many(commands, "command")}${again}`;
}

function trouble(connection) {
  const failures = Object.entries(connection.failures).map(([reason, times]) => `${number(times)} × ${reason}`);
  if (failures.length === 0) {
    return "";
  }
  const { message, seconds } = connection.lastFailure;
  return `Failed reads: ${failures.join(", ")}. Last ${span(seconds)} ago: ${message}`;
}

function millis(value) {
  return `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;
}
