/** What the imports and exports of records and links take and answer. */
import { type Static, Type } from '../../json-schema.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { forceParameter } from '../force.ts';
import { importMedia } from '../rows/body-format.ts';
import {
  decimalParameter,
  limitParameter,
  PageQuery,
  queryOf,
  refTo,
  spreadsheetParameter,
  typeParameter,
} from '../shapes/common.ts';
import { ImportAnswerShape, ImportListShape, ImportShape, RejectedRowListShape } from '../shapes/import.ts';
import { orPlan, planParameters } from '../shapes/plan.ts';
import { ImportRevertShape } from '../shapes/revert.ts';
import { stampMembers } from '../shapes/stamp.ts';

export const ndjson = 'application/x-ndjson';
export const csv = 'text/csv';

const resumable = {
  ...planParameters,
  ...forceParameter,
  import: Type.Optional(
    Type.String({
      description: 'Goes on with this import, which was cut short: rows of the body that were done are passed over.',
    }),
  ),
  offset: Type.Integer({
    minimum: 0,
    default: 0,
    description:
      'With `import`: the row at which this body begins, where it is not the whole one; at most its `rows_done`.',
  }),
  outcomes: Type.Unsafe<'all' | 'rejected'>({
    enum: ['all', 'rejected'],
    default: 'all',
    description:
      'Which rows have a line in a streamed answer. With `rejected` a line tells of each chunk how many rows are done.',
  }),
};

const RecordsQuery = queryOf({
  key: Type.String({ default: 'external_id', description: 'The match field that each row is found by.' }),
  mode: Type.Unsafe<'upsert' | 'create' | 'update'>({ enum: ['upsert', 'create', 'update'], default: 'upsert' }),
  ...decimalParameter,
  ...stampMembers,
  ...resumable,
});

const LinksQuery = queryOf({
  left_key: Type.Optional(
    Type.String({ description: 'The match field that `left` is the value of. Without it, `left` is a reference.' }),
  ),
  right_key: Type.Optional(Type.String({ description: 'The same of `right`.' })),
  onMissing: Type.Unsafe<'error' | 'defer'>({
    enum: ['error', 'defer'],
    default: 'error',
    description:
      '`defer`: a link whose records are not there waits for them, and counts as held. A row may say it for itself.',
  }),
  ...stampMembers,
  ...resumable,
});

const linkParameter = Type.String({
  description: 'Key of a link type, as in the schema.',
  examples: ['claim.contacts'],
});
export const formatParameter = Type.Optional(
  Type.Unsafe<'ndjson' | 'csv'>({
    enum: ['ndjson', 'csv'],
    description: 'The same as the `Accept` header, for a plain link that a browser saves as a file.',
  }),
);
const TypePath = Type.Object({ type: typeParameter });
const LinkPath = Type.Object({ link: linkParameter });
const ImportPath = Type.Object({ import: Type.String({ description: 'Id or number of an import.' }) });

const ImportsQuery = queryOf({
  ...PageQuery.properties,
  type: Type.Optional(
    Type.String({ description: 'Those of records of this type, by its key. One that is gone has its imports still.' }),
  ),
});
const RejectedQuery = queryOf({ ...PageQuery.properties, limit: limitParameter, ...spreadsheetParameter });

export type ImportsRecords = { Params: Static<typeof TypePath>; Querystring: Static<typeof RecordsQuery> };
export type ImportsLinks = { Params: Static<typeof LinkPath>; Querystring: Static<typeof LinksQuery> };
export type AtLink = { Params: Static<typeof LinkPath> };
export type AtImport = { Params: Static<typeof ImportPath> };
export type Rejected = { Querystring: Static<typeof RejectedQuery> };
export type OfImports = { Querystring: Static<typeof ImportsQuery> };

const streamed =
  'With `Accept: application/x-ndjson` the outcomes are streamed back, each after its commit: the first line has the id of the import, the last one the counts.';

export const importRecords = describeOperation({
  id: 'importRecords',
  tag: 'Records',
  summary: 'Upsert many records by a key',
  description: `The body is NDJSON, one JSON array, or CSV with a header, of flat field values; it is read as it arrives, and may be of any size. Each row is written by the rules of a single upsert and has an outcome of its own. A row says how old it is in \`@as_of\` or \`@source_version\`; one that is older than what is stored is \`stale\`, and counts as superseded. ${streamed}`,
  access: ['create', 'edit'],
  params: TypePath,
  query: RecordsQuery,
  bodyMedia: Object.keys(importMedia),
  media: ['application/json', ndjson],
  body: Type.Unknown({ description: 'Rows of values by field key, the match field among them.' }),
  answers: { 200: { description: 'What became of the rows.', schema: orPlan(ImportAnswerShape), location: true } },
  problems: [404, 408, 409, 422],
});

export const importLinks = describeOperation({
  id: 'importLinks',
  tag: 'Links',
  summary: 'Link many records by keys on both sides',
  description: `Rows of \`left\`, \`right\`, and if wanted \`role\`, \`newRole\`, \`attributes\`, \`onMissing\` and \`action\` (\`link\`, or \`unlink\`), \`@as_of\` or \`@source_version\`, in the formats of an import of records. Each is judged as a single link is. A row that removes links counts as updated, one that finds none as unchanged. ${streamed}`,
  access: ['attach'],
  params: LinkPath,
  query: LinksQuery,
  bodyMedia: Object.keys(importMedia),
  media: ['application/json', ndjson],
  body: Type.Unknown({ description: 'Rows of links.' }),
  answers: { 200: { description: 'What became of the rows.', schema: orPlan(ImportAnswerShape), location: true } },
  problems: [404, 408, 409, 422],
});

export const exportLinks = describeOperation({
  id: 'exportLinks',
  tag: 'Links',
  summary: 'Export all links of a link type',
  description: 'Rows as an import of links takes them: imported again, each is unchanged. CSV leaves attributes out.',
  access: ['read'],
  params: LinkPath,
  query: queryOf({
    limit: Type.Optional(Type.Integer({ minimum: 1, description: 'Links at most. All unless said.' })),
    format: formatParameter,
    ...spreadsheetParameter,
  }),
  media: [ndjson, csv],
  answers: { 200: { description: 'Every link, one a line.', schema: Type.String() } },
  problems: [404],
});

export const listImports = describeOperation({
  id: 'listImports',
  tag: 'Records',
  summary: 'List the imports, newest first',
  description: 'A member sees those that it made itself.',
  access: 'signed_in',
  query: ImportsQuery,
  answers: { 200: { description: 'A page of imports.', schema: refTo(ImportListShape) } },
});

export const readImport = describeOperation({
  id: 'readImport',
  tag: 'Records',
  summary: 'Read an import: how far it came, and what it did',
  access: 'signed_in',
  params: ImportPath,
  answers: { 200: { description: 'The import.', schema: refTo(ImportShape) } },
  problems: [404],
});

export const revertImport = describeOperation({
  id: 'revertImport',
  tag: 'Records',
  summary: 'Take back what an import changed',
  description:
    'Values, records, links and roles are as before the import; what it created is deleted, and its links that wait do so no more. What was changed since is left alone and listed. It is an import of its own, in one transaction.',
  access: 'power',
  params: ImportPath,
  query: queryOf(planParameters),
  answers: { 200: { description: 'Taken back, or planned.', schema: refTo(ImportRevertShape) } },
  problems: [404, 409],
});

export const listRejectedRows = describeOperation({
  id: 'listRejectedRows',
  tag: 'Records',
  summary: 'List the rejected rows of an import, in the order of its body',
  description:
    'As JSON in pages. As NDJSON and CSV all of them: CSV has the columns that were sent, and one that says what was wrong, so that it can be mended and sent again.',
  access: 'signed_in',
  params: ImportPath,
  query: RejectedQuery,
  media: ['application/json', ndjson, csv],
  answers: { 200: { description: 'Rejected rows.', schema: refTo(RejectedRowListShape) } },
  problems: [404],
});
