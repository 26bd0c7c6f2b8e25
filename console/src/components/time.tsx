import { Tooltip } from '@mantine/core';

const shown = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A time in the viewer's zone; the ISO 8601 value on hover and to whoever reads the page by program. */
export const Time = ({ at }: { at: string }) => (
  <Tooltip label={at}>
    <time dateTime={at} className="time">
      {shown.format(new Date(at))}
    </time>
  </Tooltip>
);
