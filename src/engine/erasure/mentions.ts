/** How a text names a record: by its id, or by one of its keys, in any spelling that is the same key. */
import type { Mention } from '../../store/cleaning/mentions.ts';
import { spellingsOf, type Word } from './spellings.ts';

/** A shorter key stands in too many texts by accident: it counts only where it is the whole of a key. */
const shortestWord = 4;

/** The white space at either end that a rule with `trim` has, as `String.trim` knows it. */
const space = '[\\t-\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]*';

/** What comes before a word: no letter or digit, or an escape that ends with one. */
const begins = '(?:(?<![[:alnum:]])|(?<=\\\\[bfnrt])|(?<=\\\\u[[:xdigit:]]{4})|(?<=%[[:xdigit:]]{2}))';
/** Nor an accent, which makes another letter of the last one. */
const ends = '(?![[:alnum:]\\u0300-\\u036f])';

/** As words of a text. */
export const mentionsOf = (words: readonly Word[]): Mention[] =>
  words.flatMap((word) => {
    if ([...word.form].length < shortestWord) return [];
    const { constant, pattern, decomposed } = spellingsOf(word);
    return { constant, pattern: `${begins}${pattern}${ends}`, decomposed };
  });

/** As all of a key. */
export const wholeKeysOf = (words: readonly Word[]): Mention[] =>
  words.map((word) => {
    const { constant, pattern, decomposed } = spellingsOf(word);
    const around = word.rule.includes('trim') ? space : '';
    return { constant, pattern: `^${around}${pattern}${around}$`, decomposed };
  });
