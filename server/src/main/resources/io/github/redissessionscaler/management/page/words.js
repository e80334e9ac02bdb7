/** Formats numbers and times, and helps with elements. */

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });
const coarse = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A number with thousands separators. */
export function number(value) {
  return (Math.abs(value) < 1000 ? plain : coarse).format(value);
}

/** A number and its noun. */
export function many(value, one, more = one + "s") {
  return `${number(value)} ${value === 1 ? one : more}`;
}

/** A duration with about two significant digits. */
export function span(seconds) {
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  if (seconds < 120) {
    return `${Math.round(seconds)} s`;
  }
  if (seconds < 7200) {
    return `${Math.round(seconds / 60)} min`;
  }
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** The local time of day, optionally with seconds and with the weekday. */
export function clock(epochSeconds, { seconds = false, day = false } = {}) {
  return new Date(epochSeconds * 1000).toLocaleString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    ...(day ? { weekday: "short" } : {}),
  });
}

/** Sets the text of an element if it differs. */
export function write(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** The descendant with this `data-is` name. */
export function part(root, name) {
  return root.querySelector(`[data-is="${name}"]`);
}

/** A copy of the content of a template. */
export function copyOf(templateId) {
  return document.getElementById(templateId).content.cloneNode(true);
}

/** A new element with a text. */
export function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) {
    made.className = className;
  }
  return made;
}
