/** Between the schema as text and as data. What the form changes is written into the text that somebody typed, comments and all. */
import { type Document, isMap, isNode, isScalar, isSeq, type Node, parseDocument, stringify } from 'yaml';
import type { Schema } from '../../../api/types.ts';
import { isMapping, isSame } from './json.ts';
import { misfitIn } from './misfit.ts';

export type ReadText =
  | { readonly kind: 'read'; readonly schema: Schema }
  /** Why the form cannot show it; `line` from 1, where it is known. */
  | { readonly kind: 'unreadable'; readonly message: string; readonly line: number | null };

export function readText(text: string): ReadText {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = text.slice(0, error.pos[0]).split('\n').length;
    return { kind: 'unreadable', message: error.message, line };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (fault) {
    return { kind: 'unreadable', message: fault instanceof Error ? fault.message : String(fault), line: null };
  }
  const misfit = misfitIn(value);
  if (misfit !== undefined) return { kind: 'unreadable', message: misfit, line: null };
  return { kind: 'read', schema: value as Schema };
}

/** The text, made to say just this. What it says already stays as it was written; should that not do, it is written anew, and its comments are lost. */
export function textWith(text: string, schema: Schema): string {
  const before = readText(text);
  if (before.kind === 'read' && isSame(before.schema, schema)) return text;
  const document: Document = parseDocument(text);
  if (document.errors.length === 0) {
    document.contents = nodeWith(document, document.contents, schema);
    const written = String(document);
    const read = readText(written);
    if (read.kind === 'read' && isSame(read.schema, schema)) return written;
  }
  return stringify(schema, { aliasDuplicateObjects: false });
}

function nodeWith(document: Document, node: unknown, value: unknown): Node {
  if (isNode(node) && says(document, node, value)) return node;
  if (isMap(node) && isMapping(value)) {
    const nameOf = ({ key }: { key: unknown }): string => String(isScalar(key) ? key.value : key);
    node.items = node.items.filter((pair) => Object.hasOwn(value, nameOf(pair)));
    for (const [name, member] of Object.entries(value)) {
      const pair = node.items.find((one) => nameOf(one) === name);
      if (pair === undefined) node.items.push(document.createPair(name, member));
      else pair.value = nodeWith(document, pair.value, member);
    }
    return node;
  }
  if (isSeq(node) && Array.isArray(value)) {
    const left = [...node.items];
    const same = value.map((item) => takenFrom(left, (one) => isNode(one) && says(document, one, item)));
    node.items = value.map((item, index) => same[index] ?? nodeWith(document, left.shift(), item));
    return node;
  }
  if (isScalar(node) && !isMapping(value) && !Array.isArray(value)) {
    node.value = value;
    return node;
  }
  return document.createNode(value);
}

/** An alias says nothing any more when what it stands for is gone. */
function says(document: Document, node: Node, value: unknown): boolean {
  try {
    return isSame(node.toJS(document), value);
  } catch {
    return false;
  }
}

function takenFrom<Item>(items: Item[], wanted: (item: Item) => boolean): Item | undefined {
  const at = items.findIndex(wanted);
  return at === -1 ? undefined : items.splice(at, 1)[0];
}
