/** What text can be stored: PostgreSQL refuses NUL, and a lone surrogate has no UTF-8 form. */
export const isStorableText = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

/** The same text with what cannot be stored shown as U+FFFD: for the issue that says what was refused. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');

/** For messages and logs: at most `limit` characters. */
export const shorten = (text: string, limit = 200): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;

/** `1 record`, `2,000 records`. */
export const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

/** The verb that goes with it. */
export const isOrAre = (number: number): string => (number === 1 ? 'is' : 'are');
export const wasOrWere = (number: number): string => (number === 1 ? 'was' : 'were');

/** The candidate with the fewest edits to `text` (case aside), when that is close enough to be a slip; null otherwise. */
export function nearest(text: string, candidates: readonly string[]): string | null {
  const wanted = text.toLowerCase();
  if (wanted.length > 100) return null;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** What a message ends with when one of `known` may have been meant; empty otherwise. */
export const didYouMean = (given: string, known: Iterable<string>): string => {
  const close = nearest(given, [...known]);
  return close === null ? '' : ` Did you mean ${close}?`;
};

/** Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (beforeLast[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min((last[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution, swap));
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length] ?? 0;
}
