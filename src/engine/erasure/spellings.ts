/**
 * Every way in which a kept text may spell a word: by the rule of its key (docs/keys.md), and as JSON, XML, CSV or an address writes its
 * characters. A regular expression of PostgreSQL, since it is the database that reads the texts.
 */
import { type KeyRule, keyForm } from '../../model/key-rule.ts';

/** A word by the rule of its key; an id has one as well. */
export type Word = { readonly form: string; readonly rule: KeyRule };

export type Spellings = {
  /** A part of it that is spelt in one way only; perhaps nothing. */
  readonly constant: string;
  readonly pattern: string;
  /** The text is to be decomposed (Unicode NFD) before the pattern is tried. */
  readonly decomposed: boolean;
};

export function spellingsOf({ form, rule }: Word): Spellings {
  const folds = rule.includes('fold');
  const decomposed = rule.includes('nfc');
  const pieces = piecesOf(form, folds);
  if (!decomposed) return { constant: constantOf(form, pieces), pattern: pieces.join(''), decomposed };
  // In a text that is decomposed, a letter that is written as an escape is still whole.
  const apart = piecesOf(form.normalize('NFD'), folds).join('');
  const pattern = pieces.join('') === apart ? apart : `(?:${apart}|${pieces.join('')})`;
  return { constant: constantOf(form, pieces), pattern, decomposed };
}

/** One expression for each character. */
function piecesOf(form: string, folds: boolean): string[] {
  const characters = [...form];
  return characters.map((character, at) => {
    if (!folds) return eitherOf(writingsOf(character));
    const written = [character, ...(sourcesOfFold().get(character) ?? [])].flatMap(writingsOf);
    // One character may fold to several: it is found where the first of them stands, and the others are nothing behind it.
    for (let length = 2; length <= longestFold; length++) {
      for (let offset = 0; offset < length; offset++) {
        const folded = characters.slice(Math.max(at - offset, 0), at - offset + length).join('');
        const sources = at < offset ? [] : (sourcesOfFold().get(folded) ?? []);
        const all = sources.flatMap(writingsOf);
        if (all.length > 0) written.push(...(offset === 0 ? all : [`(?<=${all.join('|')})`]));
      }
    }
    return eitherOf(written);
  });
}

const eitherOf = (ways: readonly string[]): string => {
  const different = [...new Set(ways)];
  return different.length === 1 ? (different[0] as string) : `(?:${different.join('|')})`;
};

function constantOf(form: string, pieces: readonly string[]): string {
  let longest = '';
  let run = '';
  for (const [at, character] of [...form].entries()) {
    run = pieces[at] === escaped(character) ? run + character : '';
    if (run.length > longest.length) longest = run;
  }
  return longest;
}

const longestFold = 3;
let sources: ReadonlyMap<string, readonly string[]> | undefined;

/** From what is made of characters when they are folded to these characters. */
function sourcesOfFold(): ReadonlyMap<string, readonly string[]> {
  sources ??= readSources();
  return sources;
}

function readSources(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (let code = 0; code <= lastCased; code++) {
    const character = String.fromCodePoint(code);
    const form = keyForm(['fold'], character);
    if (form !== character) found.set(form, [...(found.get(form) ?? []), character]);
  }
  return found;
}
const lastCased = 0x1_ffff;

const xml: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** Of one character, as expressions. */
function writingsOf(character: string): string[] {
  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  const texts = [character, json(character), json(json(character)), encodeURIComponent(character)];
  if (xml[character] !== undefined) texts.push(`&${xml[character]};`);
  if (character === '"') texts.push('""');
  const writings = texts.map(escaped);
  if (texts.some((text) => text !== character)) {
    const code = character.codePointAt(0) as number;
    writings.push(`&#0*${code};`, `&#[xX]0*${anyCase(code.toString(16))};`);
    const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
    writings.push(
      units.map((unit) => `\\\\+u${anyCase(unit)}`).join(''),
      anyCase(escaped(encodeURIComponent(character))),
    );
  }
  return writings;
}

/** Hexadecimal digits in great and in small letters. */
const anyCase = (digits: string): string =>
  digits.replaceAll(/[a-f]/gi, (digit) => `[${digit.toLowerCase()}${digit.toUpperCase()}]`);

const escaped = (text: string): string => text.replaceAll(/[\\^$.|?*+()[\]{}#\s-]/g, '\\$&');
