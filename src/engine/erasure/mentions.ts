/** How a text names a record: by its id, or by one of its keys. */
import type { Mention } from '../../store/mentions.ts';

/** A shorter key stands in too many texts by accident: it counts only where it is the whole of a key. */
const shortestWord = 4;

/** The words as they stand in texts, in JSON, in XML and in CSV. */
export function mentionsOf(words: Iterable<string>): Mention[] {
  const spelt = new Set<string>();
  for (const word of words) {
    if ([...word].length < shortestWord) continue;
    for (const spell of spellings) spelt.add(spell(word));
  }
  return [...spelt].map((word) => ({ word, pattern: `(?<![[:alnum:]])${escaped(word)}(?![[:alnum:]])` }));
}

const xml: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

const spellings: readonly ((word: string) => string)[] = [
  (word) => word,
  (word) => JSON.stringify(word).slice(1, -1),
  (word) => JSON.stringify(JSON.stringify(word).slice(1, -1)).slice(1, -1), // JSON that is a text in JSON
  (word) => word.replaceAll(/[&<>"']/g, (character) => xml[character] ?? character),
  (word) => word.replaceAll(/[&<>]/g, (character) => xml[character] ?? character),
  (word) => word.replaceAll('"', '""'),
  (word) => encodeURIComponent(word),
];

const escaped = (word: string): string => word.replaceAll(/[\\^$.|?*+()[\]{}#\s-]/g, '\\$&');
