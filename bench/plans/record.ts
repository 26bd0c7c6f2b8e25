// The statements that this process sends to PostgreSQL while some work is done, as they are sent.
import pg from 'pg';

export type Statement = {
  readonly name: string | undefined;
  readonly text: string;
  /** Of the first time it was sent with several rows, else of the first time. */
  readonly values: readonly unknown[];
  /** What the transaction had set for itself when it sent the statement. */
  readonly settings: readonly string[];
};

export type Recording = {
  readonly statements: readonly Statement[];
  /** The settings with which the sessions were opened, as libpq takes them. */
  readonly sessionOptions: string;
};

type Query = { readonly text?: string; readonly name?: string; readonly values?: readonly unknown[] };
type Queries = { readonly statements: readonly Query[] };

/** Listens to the driver: there is no other place that sees every statement with its values and its session's settings. */
export async function recordStatements(work: () => Promise<void>): Promise<Recording> {
  const found = new Map<string, Statement>();
  const settingsOf = new WeakMap<object, string[]>();
  let sessionOptions = '';
  const send = pg.Client.prototype.query;
  pg.Client.prototype.query = function (
    this: pg.Client & { connectionParameters: { options?: string } },
    ...args: unknown[]
  ) {
    const [sent, separate] = args as [string | Query | Queries, (readonly unknown[])?];
    const queries = typeof sent === 'string' ? [{ text: sent }] : 'statements' in sent ? sent.statements : [sent];
    for (const { text, name, values = separate ?? [] } of queries) {
      if (text === undefined) continue;
      const settings = settingsOf.get(this) ?? [];
      if (/^begin/i.test(text)) settingsOf.set(this, []);
      else if (/^set local/i.test(text)) settingsOf.set(this, [...settings, text]);
      else if (name === 'enter_workspace')
        settingsOf.set(this, [...settings, `set local keyway.workspace = ${values[0]}`]);
      else if (/^\s*(with|select|insert|update|delete)\b/i.test(text)) {
        const known = found.get(text);
        if (known === undefined || sizeOf(values) > 2 * sizeOf(known.values))
          found.set(text, { name, text, values: [...values], settings });
        sessionOptions = this.connectionParameters.options ?? sessionOptions;
      }
    }
    return Reflect.apply(send, this, args);
  } as typeof send;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = send;
  }
  return { statements: [...found.values()], sessionOptions };
}

/** More bytes are more rows. */
const sizeOf = (values: readonly unknown[]): number =>
  values.reduce<number>(
    (sum, value) =>
      sum + (Buffer.isBuffer(value) || Array.isArray(value) || typeof value === 'string' ? value.length : 1),
    0,
  );
