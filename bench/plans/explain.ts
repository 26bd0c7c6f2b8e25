// Whether a statement finds its rows by an index, or reads through a table.
import pg from 'pg';
import type { Recording, Statement } from './record.ts';

type Node = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
};

export type Explained = {
  readonly statement: Statement;
  /** What it reads otherwise than by an index and more than the workspace; empty where all is well. */
  readonly scans: readonly string[];
  /** Rows that its scans of tables went through, where it was executed. */
  readonly touched: number | undefined;
  readonly milliseconds: number | undefined;
};

/**
 * Explains each statement in a session like the server's, in the plan that serves all values.
 * @param execute runs each with its recorded values too, in a transaction that is rolled back.
 */
export async function explainAll(
  databaseUrl: string,
  { statements, sessionOptions }: Recording,
  { execute }: { execute: boolean },
): Promise<Explained[]> {
  const client = new pg.Client({ connectionString: databaseUrl, options: sessionOptions });
  await client.connect();
  try {
    const single = await tablesOfOneRow(client);
    const explained: Explained[] = [];
    for (const statement of statements) {
      const plan = await planOf(client, statement, 'generic_plan');
      const executed = execute
        ? await planOf(client, statement, 'analyze, buffers off').catch(() => undefined)
        : undefined;
      explained.push({
        statement,
        scans: nodesOf(plan?.Plan).flatMap((node) => scanIn(node, single)),
        touched: executed && touchedBy(executed.Plan),
        milliseconds: executed?.['Execution Time'],
      });
    }
    return explained;
  } finally {
    await client.end();
  }
}

type Plan = { readonly Plan: Node; readonly 'Execution Time'?: number };

async function planOf(
  client: pg.Client,
  { text, values, settings }: Statement,
  how: string,
): Promise<Plan | undefined> {
  await client.query('begin');
  try {
    for (const setting of settings) await client.query(setting);
    // Some statements go on with the number that an earlier one of their transaction drew.
    await client.query("select nextval('batch_number')");
    const explain = `explain (${how}, format json) ${text}`;
    const { rows } = await client.query(how === 'generic_plan' ? explain : { text: explain, values: [...values] });
    return rows[0]['QUERY PLAN'][0];
  } finally {
    await client.query('rollback');
  }
}

const nodesOf = (node: Node | undefined): Node[] =>
  node === undefined ? [] : [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Tables of the workspace in which the workspace alone finds one row, and the tables of no workspace. */
async function tablesOfOneRow(client: pg.Client): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(`
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and (
      not c.relrowsecurity
      or exists (
        select from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where i.indrelid = c.oid and i.indisunique and i.indnkeyatts = 1 and a.attname = 'workspace_id'))`);
  return new Set(rows.map(({ name }) => name));
}

/** A condition on a column, as plans write it: `(type = $2)`, `(ROW(batch, "row") < ROW($3, $4))`. */
const condition = /\((?:ROW\()?"?(\w+)"?(?:::[\w ]+)?(?:, [^()]*\))? (?:=|<|>|<=|>=|IS) /g;

function scanIn(node: Node, single: ReadonlySet<string>): string[] {
  const table = node['Relation Name'];
  if (table === undefined || single.has(table) || !/Scan$/.test(node['Node Type'])) return [];
  if (node['Node Type'] === 'Tid Scan') return [];
  if (!/^Index/.test(node['Node Type'])) return [`${node['Node Type']} on ${table}`];
  const columns = [...(node['Index Cond'] ?? '').matchAll(condition)].map(([, column]) => column);
  return columns.some((column) => column !== 'workspace_id')
    ? []
    : [`${node['Node Type']} on ${table} by ${node['Index Cond'] ?? 'nothing'}`];
}

const touchedBy = (plan: Node): number =>
  nodesOf(plan)
    .filter((node) => node['Relation Name'] !== undefined && /Scan$/.test(node['Node Type']))
    .reduce((sum, node) => {
      const rows = (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0);
      return sum + rows * (node['Actual Loops'] ?? 1);
    }, 0);
