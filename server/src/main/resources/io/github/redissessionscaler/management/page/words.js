/** Numbers and times as people read them. */

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });
const coarse = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A number with commas between thousands. */
export function number(value) {
  return (Math.abs(value) < 1000 ? plain : coarse).format(value);
}

/** A number and its noun. */
export function many(value, one, more = one + "s") {
  return `${number(value)} ${value === 1 ? one : more}`;
}

/** A length of time, to two digits or so. */
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

/** The time of day where the reader is; to the second or not, and with the weekday or not. */
export function clock(epochSeconds, { seconds = false, day = false } = {}) {
  return new Date(epochSeconds * 1000).toLocaleString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    ...(day ? { weekday: "short" } : {}),
  });
}

/** Writes a text into an element, unless it stands there already. */
export function write(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** The element that plays this part inside another. */
export function part(root, name) {
  return root.querySelector(`[data-is="${name}"]`);
}

/** A copy of what a template holds. */
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
