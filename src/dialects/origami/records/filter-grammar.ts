/**
 * The language of `filter`, before anybody knows what its fields are: comparisons with AND, OR, NOT and parentheses.
 * `Status = 'open' AND (Incurred >= 1000 OR Supplier.Name LIKE 'Acme%') AND LossDate IS NOT NULL`
 */
export type Comparison = {
  readonly field: string;
  readonly operator: '=' | '<>' | '>' | '>=' | '<' | '<=' | 'like' | 'in' | 'null';
  readonly values: readonly string[];
};
export type Expression =
  | Comparison
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] }
  | { readonly not: Expression };

/** Why a text is none. */
export class FilterFlaw extends Error {}

/** Deeper ones are nobody's, and would cost the stack. */
const deepest = 50;

/** A text in quotes has its own quotes doubled. */
type Token = { readonly kind: 'text' | 'mark' | 'word'; readonly text: string };

const pattern = /\s*(?:'((?:[^']|'')*)'|"((?:[^"]|"")*)"|(<>|!=|>=|<=|[=<>(),])|([^\s'"=<>!(),]+))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const [, single, double, mark, word] = pattern.exec(text) ?? [];
    if (single !== undefined) tokens.push({ kind: 'text', text: single.replaceAll("''", "'") });
    else if (double !== undefined) tokens.push({ kind: 'text', text: double.replaceAll('""', '"') });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark === '!=' ? '<>' : mark });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else throw new FilterFlaw(`what follows character ${from + 1} cannot be read`);
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  isAtEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  take(): Token | undefined {
    return this.#tokens[this.#next++];
  }

  /** A mark, or a word whatever its case. */
  takes(text: string): boolean {
    const token = this.#tokens[this.#next];
    if (token === undefined || token.kind === 'text' || token.text.toUpperCase() !== text) return false;
    this.#next += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.takes(text)) throw this.flaw(text);
  }

  flaw(expected: string): FilterFlaw {
    const token = this.#tokens[this.#next];
    return new FilterFlaw(`${expected} was expected ${token === undefined ? 'at the end' : `before '${token.text}'`}`);
  }
}

/** @throws FilterFlaw */
export function parseExpression(text: string): Expression {
  const reader = new Reader(tokensOf(text));
  const expression = parseAny(reader, 0);
  if (!reader.isAtEnd()) throw reader.flaw('AND, OR or the end');
  return expression;
}

function parseAny(reader: Reader, depth: number): Expression {
  const any = [parseAll(reader, depth)];
  while (reader.takes('OR')) any.push(parseAll(reader, depth));
  return any.length === 1 && any[0] !== undefined ? any[0] : { any };
}

function parseAll(reader: Reader, depth: number): Expression {
  const all = [parseOne(reader, depth)];
  while (reader.takes('AND')) all.push(parseOne(reader, depth));
  return all.length === 1 && all[0] !== undefined ? all[0] : { all };
}

function parseOne(reader: Reader, depth: number): Expression {
  if (depth > deepest) throw new FilterFlaw(`it is nested more than ${deepest} deep`);
  if (reader.takes('NOT')) return { not: parseOne(reader, depth + 1) };
  if (!reader.takes('(')) return parseComparison(reader);
  const inner = parseAny(reader, depth + 1);
  reader.expect(')');
  return inner;
}

function parseComparison(reader: Reader): Expression {
  const token = reader.take();
  if (token?.kind !== 'word') throw new FilterFlaw(`the name of a field was expected, not '${token?.text ?? ''}'`);
  const field = token.text;
  if (reader.takes('IS')) {
    const isNot = reader.takes('NOT');
    reader.expect('NULL');
    return negated(isNot, { field, operator: 'null', values: [] });
  }
  const isNot = reader.takes('NOT');
  if (reader.takes('IN')) return negated(isNot, { field, operator: 'in', values: parseList(reader) });
  if (reader.takes('LIKE')) return negated(isNot, { field, operator: 'like', values: [parseValue(reader)] });
  if (reader.takes('BETWEEN')) {
    const least = parseValue(reader);
    reader.expect('AND');
    const all = [
      { field, operator: '>=', values: [least] },
      { field, operator: '<=', values: [parseValue(reader)] },
    ] as const;
    return isNot ? { not: { all } } : { all };
  }
  const operator = isNot ? undefined : (['=', '<>', '>=', '<=', '>', '<'] as const).find((one) => reader.takes(one));
  if (operator === undefined) throw reader.flaw(`an operator after '${field}'`);
  return { field, operator, values: [parseValue(reader)] };
}

const negated = (isNot: boolean, comparison: Comparison): Expression => (isNot ? { not: comparison } : comparison);

function parseValue(reader: Reader): string {
  const token = reader.take();
  if (token === undefined || token.kind === 'mark') throw new FilterFlaw(`a value is missing`);
  return token.text;
}

function parseList(reader: Reader): string[] {
  reader.expect('(');
  const values = [parseValue(reader)];
  while (reader.takes(',')) values.push(parseValue(reader));
  reader.expect(')');
  return values;
}
