/**
 * What JSON.parse lets pass and a complete set must not have: a member given twice, of which it would silently keep the last (so that
 * `{"Elements":[…],"Elements":[]}` deleted everything), and nesting without end. Reads the text once, and need not be given valid JSON.
 */
import { parseJson } from './json.ts';

export type JsonFlaw = { readonly message: string; readonly path: string };

type Frame = { names: Set<string> | null; name: string; index: number; nameExpected: boolean };

/** Where a text stands that is an element of the one list of a body. */
export type Place = { readonly list: string; readonly index: number };

export function findJsonFlaw(text: string, maxDepth: number, place?: Place): JsonFlaw | undefined {
  const frames = place === undefined ? [] : framesAround(place);
  for (let i = 0; i < text.length; i++) {
    const frame = frames[frames.length - 1];
    switch (text[i]) {
      case '{':
      case '[': {
        if (frames.length === maxDepth)
          return { message: `Nested deeper than ${maxDepth} levels.`, path: pathOf(frames) };
        const isObject = text[i] === '{';
        frames.push({ names: isObject ? new Set() : null, name: '', index: 0, nameExpected: isObject });
        break;
      }
      case '}':
      case ']':
        frames.pop();
        break;
      case ',':
        if (frame === undefined) break;
        if (frame.names === null) frame.index++;
        else frame.nameExpected = true;
        break;
      case '"': {
        const end = endOfString(text, i);
        if (frame?.names && frame.nameExpected) {
          frame.name = nameIn(text.slice(i, end + 1));
          frame.nameExpected = false;
          if (frame.names.has(frame.name)) return { message: `${frame.name} is given twice.`, path: pathOf(frames) };
          frame.names.add(frame.name);
        }
        i = end;
        break;
      }
    }
  }
  return undefined;
}

const framesAround = ({ list, index }: Place): Frame[] => [
  { names: new Set(), name: list, index: 0, nameExpected: false },
  { names: null, name: '', index, nameExpected: false },
];

/** Where the closing quote is, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** `"N\u0061me"` and `"Name"` are the same member. */
function nameIn(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  const parsed = parseJson(quoted);
  return parsed.ok ? String(parsed.value) : quoted;
}

const pathOf = (frames: readonly Frame[]): string =>
  frames.reduce((path, { names, name, index }) => {
    if (names === null) return `${path}[${index}]`;
    return path === '' || name === '' ? path + name : `${path}.${name}`;
  }, '');
