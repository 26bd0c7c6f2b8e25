/**
 * Statements that go to PostgreSQL together and are answered together: one Sync stands behind them all. The driver's own pipeline has
 * one behind each, so that the database writes each answer to the socket by itself, and each wakes this process. A statement that fails
 * fails those behind it: they are not run.
 */
import type { EventEmitter } from 'node:events';
import pg from 'pg';
import { type TakeRow, tapRows } from './raw-rows.ts';

/** SQL with a name is prepared once per connection. */
export type Statement = { readonly name?: string | undefined; readonly text: string };

/** `command`: what was done, as PostgreSQL says it: `COMMIT`, `INSERT 0 5`. `isCut`: more rows came than were wanted at once, and were let go. */
export type Answer = {
  readonly rows: Record<string, unknown>[];
  readonly isCut: boolean;
  readonly command: string;
};

/** Whether anybody reads the rows of an answer: all of them, the first rows of so many bytes and at least one, or none; or who takes them as they come (raw-rows.ts). */
export type Wanted = 'all' | 'none' | { readonly mostBytes: number } | { readonly take: TakeRow };

type Value = string | Buffer | null;
type Part = Statement & {
  readonly values: readonly Value[];
  readonly wanted: Wanted;
  readonly take: TakeRow | undefined;
  isToPrepare: boolean;
  columns: Column[] | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
};

/** What the driver has, and its types do not tell. */
type Wire = {
  readonly stream: EventEmitter & { cork(): void; uncork(): void };
  /** By name: what the session has prepared, and what was sent to be prepared. */
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  parse(statement: Statement): void;
  bind(parameters: { statement: string | undefined; values: readonly Value[] }): void;
  describe(what: { type: 'P' }): void;
  execute(how: object): void;
  sync(): void;
};
const { utils } = pg as unknown as { utils: { prepareValue(value: unknown): Value } };

type Column = { readonly name: string; readonly parse: (text: string) => unknown };

/** By name of a statement that a connection has prepared: they stay the same, so they are asked for once. */
const columnsOf = new WeakMap<object, Map<string, Column[]>>();

function knownColumns(wire: object): Map<string, Column[]> {
  const known = columnsOf.get(wire) ?? new Map<string, Column[]>();
  columnsOf.set(wire, known);
  return known;
}

/** To the driver it is one query, which goes through its queue, and to which it hands what arrives. */
export class Pipeline extends pg.Query {
  /** Of the part that is answered next: by them the driver notes what is prepared. */
  name: string | undefined;
  text = '';
  readonly #parts: Part[] = [];
  #answered = 0;
  #columns: Column[] = [];
  #known = new Map<string, Column[]>();
  #rows: Record<string, unknown>[] = [];
  #bytes = 0;
  #isCut = false;
  /** A value that its reader could not read. */
  #unread: unknown;
  #untap: (() => void) | undefined;

  constructor() {
    super('');
  }

  add(statement: Statement, values: readonly unknown[], wanted: Wanted): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { name, text } = statement;
      const prepared = values.map((value) => utils.prepareValue(value));
      this.#parts.push({
        name,
        text,
        values: prepared,
        wanted,
        take: typeof wanted === 'object' && 'take' in wanted ? this.#guarded(wanted.take) : undefined,
        isToPrepare: false,
        columns: undefined,
        resolve,
        reject,
      });
    });
  }

  get statements(): readonly (Statement & { readonly values: readonly Value[] })[] {
    return this.#parts;
  }

  override submit = (connection: unknown): Error | null => {
    const wire = connection as Wire;
    const clash = this.#claimNames(wire);
    if (clash !== undefined) return new Error(`Two statements are named ${clash}`); // the driver hands it to handleError
    this.#begin(0);
    if (this.#parts.some(({ take }) => take !== undefined)) {
      this.#untap = tapRows(wire.stream, () => this.#parts[this.#answered]?.take);
      if (this.#untap === undefined) return new Error('Rows of two statements are taken from one connection');
    }
    wire.stream.cork();
    for (const part of this.#parts) {
      if (part.isToPrepare) wire.parse(part);
      wire.bind({ statement: part.name, values: part.values });
      if (part.wanted !== 'none' && part.take === undefined && part.columns === undefined) wire.describe({ type: 'P' });
      wire.execute({});
    }
    wire.sync();
    wire.stream.uncork();
    return null;
  };

  handleRowDescription({ fields }: { readonly fields: readonly { name: string; dataTypeID: number }[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, parse: pg.types.getTypeParser(dataTypeID) }));
    if (this.name !== undefined) this.#known.set(this.name, this.#columns);
  }

  /** @param row `length`: its bytes. */
  handleDataRow({ fields, length }: { readonly fields: readonly (string | null)[]; readonly length: number }): void {
    const { wanted } = this.#parts[this.#answered] ?? { wanted: 'none' };
    if (wanted === 'none' || (wanted !== 'all' && 'take' in wanted)) return;
    this.#bytes += length;
    if (wanted !== 'all' && this.#bytes > wanted.mostBytes && this.#rows.length > 0) {
      this.#isCut = true;
      return;
    }
    const row: Record<string, unknown> = {};
    try {
      for (let index = 0; index < this.#columns.length; index++) {
        const { name, parse } = this.#columns[index] as Column;
        const text = fields[index] ?? null;
        row[name] = text === null ? null : parse(text);
      }
    } catch (error) {
      this.#unread ??= error;
    }
    this.#rows.push(row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const part = this.#parts[this.#answered];
    if (this.#unread === undefined) part?.resolve({ rows: this.#rows, isCut: this.#isCut, command: text });
    else part?.reject(this.#unread);
    this.#begin(this.#answered + 1);
  }

  handleError(error: unknown, connection: unknown): void {
    const wire = connection as Wire;
    for (const { name, isToPrepare, reject } of this.#parts.slice(this.#answered)) {
      // What is behind the one that failed was not even prepared.
      if (name !== undefined && isToPrepare) delete wire.submittedNamedStatements[name];
      reject(error);
    }
    this.#answered = this.#parts.length;
    this.#untap?.();
  }

  handleReadyForQuery(): void {
    this.#untap?.();
  }

  /** What fails of taking rows fails the statement, once they have all come. */
  #guarded(take: TakeRow): TakeRow {
    return (row) => {
      if (this.#unread !== undefined) return;
      try {
        take(row);
      } catch (error) {
        this.#unread = error;
      }
    };
  }

  /** @returns a name that stands for another text already. */
  #claimNames(wire: Wire): string | undefined {
    this.#known = knownColumns(wire);
    for (const part of this.#parts) {
      const { name, text } = part;
      const known =
        name === undefined ? undefined : (wire.parsedStatements[name] ?? wire.submittedNamedStatements[name]);
      if (known !== undefined && known !== text) return name;
      part.isToPrepare = known === undefined;
      part.columns = name === undefined ? undefined : this.#known.get(name);
      if (name !== undefined && known === undefined) wire.submittedNamedStatements[name] = text;
    }
    return undefined;
  }

  #begin(index: number): void {
    this.#answered = index;
    this.#columns = this.#parts[index]?.columns ?? [];
    this.#rows = [];
    this.#bytes = 0;
    this.#isCut = false;
    this.#unread = undefined;
    this.name = this.#parts[index]?.name;
    this.text = this.#parts[index]?.text ?? '';
  }
}
