/** The schema of a workspace: one document and the small integers that stand for its names. */
import type { SchemaDocument } from '../model/schema.ts';
import type { Transaction } from './postgres/database.ts';

/** Ids once given are never given again, so that values of a removed field never show under a new one. */
export type SchemaIds = {
  readonly nextType: number;
  readonly nextLink: number;
  readonly nextInterface: number;
  readonly types: Readonly<
    Record<
      string,
      {
        id: number;
        nextField: number;
        fields: Readonly<Record<string, number>>;
        createdAt: string;
        updatedAt: string;
        /** Whether any of its records has or had a former key. */
        aliased?: boolean;
        /** The filterable fields whose index has all of its records. */
        indexed?: readonly number[];
      }
    >
  >;
  readonly links: Readonly<Record<string, number>>;
  readonly interfaces: Readonly<Record<string, number>>;
};

export type SchemaRow = {
  readonly guid: string;
  readonly name: string;
  readonly version: number;
  readonly document: SchemaDocument;
  readonly ids: SchemaIds;
};

const emptyIds: SchemaIds = { nextType: 1, nextLink: 1, nextInterface: 1, types: {}, links: {}, interfaces: {} };

const selectSql = `
  select w.guid, w.name, s.version, s.document, s.ids
  from workspace_schema s join workspace w on w.workspace_id = s.workspace_id
  where s.workspace_id = $1`;

export async function readSchema(tx: Transaction, workspace: number): Promise<SchemaRow | undefined> {
  const [row] = await tx.query<SchemaRow>({ name: 'read_schema', text: selectSql }, [workspace]);
  return row;
}

/** Waits for the batches at work, and holds further ones off until the transaction ends. */
export async function lockSchema(tx: Transaction, workspace: number): Promise<SchemaRow | undefined> {
  const [row] = await tx.query<SchemaRow>(`${selectSql} for update of s`, [workspace]);
  return row;
}

export async function readSchemaVersion(tx: Transaction, workspace: number): Promise<number | undefined> {
  const [row] = await tx.query<{ version: number }>(
    { name: 'read_schema_version', text: 'select version from workspace_schema where workspace_id = $1' },
    [workspace],
  );
  return row?.version;
}

/** The version that holds until the transaction ends, and with it the link types that may have pending links. */
export async function holdSchemaVersion(
  tx: Transaction,
  workspace: number,
): Promise<{ version: number; pending_links: readonly number[] } | undefined> {
  const [row] = await tx.query<{ version: number; pending_links: number[] }>(
    {
      name: 'hold_schema_version',
      text: 'select version, pending_links from workspace_schema where workspace_id = $1 for key share',
    },
    [workspace],
  );
  return row;
}

export async function insertSchema(tx: Transaction, workspace: number, at: Date): Promise<void> {
  await tx.query(
    'insert into workspace_schema (workspace_id, version, document, ids, updated_at) values ($1, 1, $2, $3, $4)',
    [workspace, '{}', JSON.stringify(emptyIds), at],
  );
  await tx.query('insert into commit_counter (workspace_id, last_commit, changes) values ($1, 0, 0)', [workspace]);
  await tx.query('insert into cleaning (workspace_id, due_at) values ($1, $2)', [workspace, at]);
}

export async function updateSchema(
  tx: Transaction,
  workspace: number,
  schema: { version: number; document: SchemaDocument; ids: SchemaIds },
  by: { principal: number; request: string; at: Date },
): Promise<void> {
  await tx.query(
    'update workspace_schema set version = $2, document = $3, ids = $4, updated_at = $5 where workspace_id = $1',
    [workspace, schema.version, JSON.stringify(schema.document), JSON.stringify(schema.ids), by.at],
  );
  await tx.query(
    `insert into workspace_schema_history (workspace_id, version, document, principal_id, request, at)
     values ($1, $2, $3, $4, $5, $6)`,
    [workspace, schema.version, JSON.stringify(schema.document), by.principal, by.request, by.at],
  );
}

/** Whether the document is another one than that of a version. */
export async function isChangedSince(tx: Transaction, workspace: number, version: number): Promise<boolean> {
  const later = await tx.query(
    'select version from workspace_schema_history where workspace_id = $1 and version > $2 limit 1',
    [workspace, version],
  );
  return later.length > 0;
}

/** What is kept beside the document; every server reads it anew, as of another version. */
export async function updateSchemaIds(tx: Transaction, workspace: number, ids: SchemaIds): Promise<void> {
  await tx.query('update workspace_schema set version = version + 1, ids = $2 where workspace_id = $1', [
    workspace,
    JSON.stringify(ids),
  ]);
}
