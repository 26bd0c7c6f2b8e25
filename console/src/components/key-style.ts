import type { CSSProperties } from 'react';

/** A key stands on one line, also beside a long value; a very long one breaks where it must. */
export const keyStyle = (key: string | number | null | undefined): CSSProperties =>
  String(key ?? '').length < 30 ? { whiteSpace: 'nowrap' } : { overflowWrap: 'anywhere' };
