/**
 * The language of `q`, before anybody knows what its fields are:
 * `condition (AND|OR condition)*`, AND before OR, parentheses; a condition is `field OPERATOR [value]`, its value a word, a text in
 * double quotes, or several of them in brackets.
 */

/** A text in quotes may hold `\"` and `\\`. */
type Token = { readonly kind: 'word' | 'text' | 'mark'; readonly text: string };

export type Comparison = { readonly field: string; readonly operator: string; readonly values: readonly string[] };
export type Expression = Comparison | { readonly and: readonly Expression[] } | { readonly or: readonly Expression[] };

/** Why a text is none: `message` goes on the vendor's own sentence. */
export class FilterFlaw extends Error {}

/** Deeper parentheses are nobody's, and would cost the stack. */
const deepest = 50;

const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|([()[\],])|([^\s()[\],"]+))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const [, quoted, mark, word] = pattern.exec(text) ?? [];
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll(/\\(.)/gs, '$1') });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else throw new FilterFlaw(`A text that begins at character ${from + 1} has no closing quote.`);
  }
  return tokens;
}

/** Takes a token off the front of the rest, if it is the one. */
class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  take(): Token | undefined {
    return this.#tokens[this.#next++];
  }

  /** A mark, or a word whatever its case. */
  takes(kind: 'word' | 'mark', text: string): boolean {
    const token = this.peek();
    if (token?.kind !== kind || token.text.toUpperCase() !== text) return false;
    this.#next++;
    return true;
  }
}

/** @throws FilterFlaw */
export function parseExpression(text: string): Expression {
  const reader = new Reader(tokensOf(text));
  const expression = parseAlternatives(reader, 0);
  const rest = reader.peek();
  if (rest !== undefined) throw new FilterFlaw(`Expected AND, OR or the end before '${rest.text}'.`);
  return expression;
}

function parseAlternatives(reader: Reader, depth: number): Expression {
  const parts = [parseConjunction(reader, depth)];
  while (reader.takes('word', 'OR')) parts.push(parseConjunction(reader, depth));
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { or: parts };
}

function parseConjunction(reader: Reader, depth: number): Expression {
  const parts = [parseCondition(reader, depth)];
  while (reader.takes('word', 'AND')) parts.push(parseCondition(reader, depth));
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { and: parts };
}

function parseCondition(reader: Reader, depth: number): Expression {
  if (reader.takes('mark', '(')) {
    if (depth >= deepest) throw new FilterFlaw(`Parentheses are nested more than ${deepest} deep.`);
    const inner = parseAlternatives(reader, depth + 1);
    if (!reader.takes('mark', ')')) throw new FilterFlaw('A parenthesis is not closed.');
    return inner;
  }
  const field = parseName(reader, 'the name of a field');
  const operator = parseName(reader, `an operator after '${field}'`).toUpperCase();
  return { field, operator, values: parseValues(reader) };
}

function parseName(reader: Reader, what: string): string {
  const token = reader.take();
  if (token?.kind !== 'word') throw new FilterFlaw(`Expected ${what}, found ${token ? `'${token.text}'` : 'the end'}.`);
  return token.text;
}

function parseValues(reader: Reader): string[] {
  if (!reader.takes('mark', '[')) {
    const token = reader.peek();
    if (token === undefined || token.kind === 'mark' || isJoint(token)) return [];
    reader.take();
    return [token.text];
  }
  const values: string[] = [];
  do {
    const token = reader.take();
    if (token === undefined || token.kind === 'mark') throw new FilterFlaw('A list holds values with commas between.');
    values.push(token.text);
  } while (reader.takes('mark', ','));
  if (!reader.takes('mark', ']')) throw new FilterFlaw('A list is not closed.');
  return values;
}

const isJoint = ({ kind, text }: Token): boolean => kind === 'word' && /^(and|or)$/i.test(text);
