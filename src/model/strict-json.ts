/** JSON in which no object has a member twice: JSON.parse keeps the last of them, and says nothing of the others. */
import { InexactNumber, type ParsedJson, parseJson } from './json.ts';
import { findJsonFlaw } from './json-flaws.ts';

/**
 * As `parseJson`, and refuses a member that is given twice. Every name in the text has a member in the value, unless it came again: only
 * where there are more names is the text read once more, to say which.
 */
export function parseStrictJson(text: string): ParsedJson {
  const parsed = parseJson(text);
  if (!parsed.ok || namesIn(text) === membersIn(parsed.value)) return parsed;
  const flaw = findJsonFlaw(text, Number.POSITIVE_INFINITY);
  return flaw === undefined ? parsed : { ok: false, message: flaw.message };
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** How many quotes have a colon behind them: each name, and what looks like one within a text. */
function namesIn(text: string): number {
  let count = 0;
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    let before = colon - 1;
    while (before >= 0 && isSpace(text.charCodeAt(before))) before -= 1;
    if (text.charCodeAt(before) === 0x22) count += 1;
  }
  return count;
}

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof InexactNumber) return 0;
  const inside: unknown[] = Array.isArray(value) ? value : Object.values(value);
  let count = Array.isArray(value) ? 0 : inside.length;
  for (const one of inside) count += membersIn(one);
  return count;
}
