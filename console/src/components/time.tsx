import { Tooltip } from '@mantine/core';

const shown = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

const inShort = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });

/** A time in the viewer's zone; the ISO 8601 value on hover and to whoever reads the page by program. @param isShort to the minute, where there is little room. */
export const Time = ({ at, isShort = false }: { at: string; isShort?: boolean }) => (
  <Tooltip label={at}>
    <time dateTime={at} className="time">
      {(isShort ? inShort : shown).format(new Date(at))}
    </time>
  </Tooltip>
);
