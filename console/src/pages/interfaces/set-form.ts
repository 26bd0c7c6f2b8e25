/**
 * In which form a set is written, by its beginning. Rows are an array in JSON and stand in `rows` in XML; a file that was made for Relatics
 * has an object around its array, and `elements` as its root.
 */
export function setFormOf(text: string, format: 'json' | 'xml'): 'relatics' | undefined {
  const isOther = format === 'json' ? objectAroundArray.test(text) : rootOf(text) === 'elements';
  return isOther ? 'relatics' : undefined;
}

const objectAroundArray = /^\uFEFF?\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\[/;

/** Behind the declaration and comments. */
const rootOf = (text: string): string | undefined =>
  /^\uFEFF?\s*(?:<\?[^>]*\?>\s*|<!--[\s\S]*?-->\s*)*<([^\s/>]+)/.exec(text)?.[1];
