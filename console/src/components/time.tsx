import { Tooltip } from '@mantine/core';

const shown = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

const inShort = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });

/** A time in the viewer's zone; the ISO 8601 value on hover and to whoever reads the page by program. @param isShort to the minute, where there is little room. */
export function Time({ at, isShort = false }: { at: string; isShort?: boolean }) {
  const [first, second] = halvesOf(isShort ? inShort : shown, new Date(at));
  return (
    <Tooltip label={at}>
      <time dateTime={at} className="time">
        <span>{first}</span> <span>{second}</span>
      </time>
    </Tooltip>
  );
}

const ofTheClock = new Set<Intl.DateTimeFormatPartTypes>(['hour', 'minute', 'second', 'dayPeriod']);

/** The day and the time of day, in the order of the viewer's language: where there is little room, they stand on a line each. */
function halvesOf(format: Intl.DateTimeFormat, at: Date): [string, string] {
  const parts = format.formatToParts(at);
  const isOfClock = parts.map(({ type }) => ofTheClock.has(type));
  const beginsWithClock = isOfClock[0] ?? false;
  const middle = parts.findIndex(({ type }, place) => type !== 'literal' && isOfClock[place] !== beginsWithClock);
  const text = (some: typeof parts): string =>
    some
      .map(({ value }) => value)
      .join('')
      .trim();
  return [text(parts.slice(0, middle)), text(parts.slice(middle))];
}
