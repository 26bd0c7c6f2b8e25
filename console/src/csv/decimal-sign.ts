/** Whether the numbers of a file have a decimal point or a decimal comma, as far as they say it themselves. */
import type { Delimiter } from './form.ts';

export type DecimalSign = 'point' | 'comma';

/** `either`: 1.234 is a number in both ways of writing, and not the same one. `both`: some say this and some that. */
export type Said = DecimalSign | 'either' | 'both' | 'nothing';

export const signs: readonly { readonly value: DecimalSign; readonly label: string }[] = [
  { value: 'point', label: 'point, as in 1234.5' },
  { value: 'comma', label: 'comma, as in 1.234,5' },
];

export const isSign = (text: unknown): text is DecimalSign => text === 'point' || text === 'comma';

/** A number that has a sign in it. */
export const isSigned = (text: string): boolean => /^-?\d[\d.,]*$/.test(text) && /[.,]/.test(text);

function saidByOne(text: string): DecimalSign | 'either' {
  if (/^-?[1-9]\d{0,2}[.,]\d{3}$/.test(text)) return 'either';
  const last = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','));
  const isTwice = text.indexOf(text.charAt(last)) !== last; // then it parts thousands
  return (text.charAt(last) === ',') !== isTwice ? 'comma' : 'point';
}

/** @param numbers each of which has a sign. */
export function saidBy(numbers: readonly string[]): Said {
  const said = new Set(numbers.map(saidByOne));
  if (said.has('point') && said.has('comma')) return 'both';
  const [first] = [...said].filter((one) => one !== 'either');
  return first ?? (said.has('either') ? 'either' : 'nothing');
}

/** Where numbers do not say it themselves: with commas between columns a point is the decimal sign, as programs write it. */
export function likelySign(numbers: readonly string[], delimiter: Delimiter): DecimalSign | undefined {
  const said = saidBy(numbers);
  if (said === 'nothing') return 'point';
  if (said === 'either' && delimiter === ',' && numbers.every((one) => one.includes('.'))) return 'point';
  return said === 'point' || said === 'comma' ? said : undefined;
}

/** As the server reads it; undefined: it is no number in this way of writing, and is refused. */
export function readAs(text: string, sign: DecimalSign): string | undefined {
  if (sign === 'point') return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? text : undefined;
  const isNumber = /^-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/.test(text);
  return isNumber ? text.replaceAll('.', '').replace(',', '.') : undefined;
}
