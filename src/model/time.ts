/** Points in time as text. */

const dayMs = 86_400_000;
const digits = (count: number, width: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => String(number).padStart(width, '0'));
const twoDigits = digits(60, 2);
const threeDigits = digits(1000, 3);

let lastDay = Number.NaN;
let lastDayText = '';

/** What `toISOString` gives, at a tenth of its cost, as the day is nearly always that of the call before. */
export function isoTime(at: Date): string {
  const ms = at.getTime();
  const day = Math.floor(ms / dayMs);
  if (day !== lastDay) {
    lastDayText = at.toISOString().slice(0, -'00:00:00.000Z'.length);
    lastDay = day;
  }
  const inDay = ms - day * dayMs;
  const hour = twoDigits[Math.floor(inDay / 3_600_000)];
  const minute = twoDigits[Math.floor(inDay / 60_000) % 60];
  const second = twoDigits[Math.floor(inDay / 1000) % 60];
  return `${lastDayText}${hour}:${minute}:${second}.${threeDigits[inDay % 1000]}Z`;
}
