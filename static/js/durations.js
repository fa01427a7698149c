// What people write for a length of time, as whole minutes: the same rules, words and cases as bigtime/core/durations.py.
const ACCEPTED = "Write it like 1:30, 1.5, 1h30 or 90m.";
const LONGEST = 24;
const DAY = 24 * 60;
const HOUR = "(?:h|hr|hrs|hour|hours)";
const MINUTE = "(?:m|min|mins|minute|minutes)";
const CLOCK = /^([0-9]{0,3}):([0-5][0-9])(?::00)?$/;
const HOURS = new RegExp(`^([0-9]{1,6}(?:[.,][0-9]{0,6})?|[.,][0-9]{1,6})\\s*(${HOUR}?)$`);
const MINUTES = new RegExp(`^([0-9]{1,6})\\s*${MINUTE}$`);
const BOTH = new RegExp(`^([0-9]{1,3})\\s*${HOUR}\\s*([0-5]?[0-9])\\s*${MINUTE}?$`);
const NEGATIVE = /^[-\u2212]\s*[0-9.,:]/;

/** {minutes} from 0 to 1440, or {error} with a sentence. */
export function parse(text) {
  const written = text.trim().toLowerCase();
  if (!written) return { minutes: 0 };
  if (written.length > LONGEST) return { error: `“${written.slice(0, LONGEST)}…” isn't a length of time. ${ACCEPTED}` };
  if (NEGATIVE.test(written)) return { error: "Time can't be negative. To take time away, write the new total." };
  const { minutes, error } = read(written);
  if (error) return { error };
  if (minutes === undefined) return { error: `“${text.trim()}” isn't a length of time. ${ACCEPTED}` };
  return minutes > DAY ? { error: `A day has 24 hours; ${written} is more than that.` } : { minutes };
}

function read(written) {
  let match;
  if ((match = CLOCK.exec(written))) return { minutes: Number(match[1] || 0) * 60 + Number(match[2]) };
  if ((match = BOTH.exec(written))) return { minutes: Number(match[1]) * 60 + Number(match[2]) };
  if ((match = MINUTES.exec(written))) return { minutes: Number(match[1]) };
  if (!(match = HOURS.exec(written))) return {};
  const bare = /^[0-9]+$/.test(match[1]) && !match[2];
  return bare && Number(match[1]) > 24 ? { minutes: Number(match[1]) } : fromHours(match[1]);
}

// In whole numbers, because 1.005 × 60 in floating point isn't what it looks like.
function fromHours(number) {
  const [whole, fraction = ""] = number.replace(",", ".").split(".");
  const scale = 10 ** fraction.length;
  const scaled = (Number(whole || 0) * scale + Number(fraction || 0)) * 60;
  const minutes = Math.floor((2 * scaled + scale) / (2 * scale));
  return scaled && !minutes ? { error: `${number} hours is less than a minute.` } : { minutes };
}

/** Whole minutes as H:MM. */
export function hm(minutes) {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

/** As a cell shows it: nothing for no time. */
export function clock(minutes) {
  return minutes ? hm(minutes) : "";
}
