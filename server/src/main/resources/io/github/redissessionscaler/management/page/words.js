/** Formats numbers and times, and helps with elements. */

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });
const coarse = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** The documentation. */
export const DOCS = "https://github.com/redis-session-scaler/redis-session-scaler/blob/main/docs/";

let timeZone;

/** The time zone of all times; undefined for that of the browser. */
export function useTimeZone(zone) {
  timeZone = zone;
}

/** The difference to UTC in seconds, negative east of Greenwich. */
export function zoneOffset(epochSeconds) {
  return timeZone === "UTC" ? 0 : new Date(epochSeconds * 1000).getTimezoneOffset() * 60;
}

/** A number with thousands separators. */
export function number(value) {
  return (Math.abs(value) < 1000 ? plain : coarse).format(value);
}

/** A number and its noun. */
export function many(value, one, more = one + "s") {
  return `${number(value)} ${value === 1 ? one : more}`;
}

/** A duration in two units at most, such as `3 min 20 s`, rounded down, as in the reasons of the scaler. */
export function span(seconds) {
  const whole = Math.floor(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return pair(whole, 60, "min", 1, "s");
  }
  return whole < 172_800 ? pair(whole, 3600, "h", 60, "min") : pair(whole, 86_400, "days", 3600, "h");
}

function pair(seconds, size, unit, smallerSize, smaller) {
  const less = Math.floor((seconds % size) / smallerSize);
  return `${Math.floor(seconds / size)} ${unit}${less === 0 ? "" : ` ${less} ${smaller}`}`;
}

/** A time on this day, with its date if it is another day than now. */
export function moment(epochSeconds, now) {
  return clock(epochSeconds, { seconds: true, date: dayOf(epochSeconds) !== dayOf(now) });
}

/** The date, such as `4 Mar 2026`. */
export function dayOf(epochSeconds) {
  return new Date(epochSeconds * 1000).toLocaleDateString("en-GB", { timeZone, day: "numeric", month: "short", year: "numeric" });
}

/** The time zone of all times, such as `UTC` or `Europe/Berlin`. */
export function zoneName() {
  return timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The time of day, optionally with seconds, and with the weekday or the date. */
export function clock(epochSeconds, { seconds = false, day = false, date = false } = {}) {
  return new Date(epochSeconds * 1000).toLocaleString("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    ...(day ? { weekday: "short" } : {}),
    ...(date ? { day: "numeric", month: "short" } : {}),
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

/** Makes the list as long as the data, and updates each item. Existing items are reused, so that focus and selection are kept. */
export function fill(list, data, create, update) {
  while (list.children.length > data.length) {
    list.lastElementChild.remove();
  }
  data.forEach((one, i) => update(list.children[i] ?? list.appendChild(create()), one));
}

/** Lets a button copy the text of an element. Without access to the clipboard, it selects the text. */
export function copies(button, source) {
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      write(button, "Copied");
      setTimeout(() => write(button, "Copy"), 2000);
    } catch {
      getSelection().selectAllChildren(source);
    }
  });
}
