import { runStates } from '../../../model/runs.ts';
import type { ShownStamp } from '../../../model/stamp.ts';
import { type Static, Type } from '../../json-schema.ts';
import {
  cursorParameter,
  Id,
  limitParameter,
  listOf,
  nullableText,
  queryOf,
  refOrNull,
  refTo,
  strict,
  Time,
} from './common.ts';
import { HeldResultShape } from './held-result.ts';
import { PointerShape } from './pointer.ts';
import { StampShape } from './stamp.ts';

type ScopeWords = Record<string, string | number | boolean>;

export const timeOrNull = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description });

const HeldShape = Type.Object(
  {
    deletes: Type.Integer(),
    whole: Type.Boolean({ description: 'Whether all of the set waits, and not its deletes only.' }),
    approve_url: Type.String({ description: 'Where to send `{"deletes": N}` with just this number.' }),
    list_url: Type.String({ description: 'Which records they are.' }),
    expires_at: Time,
    message: Type.String(),
  },
  { $id: 'Held', description: 'Deletes that wait for somebody’s approval.' },
);

export const ApprovalShape = Type.Object(
  {
    deletes: Type.Integer({
      minimum: 0,
      description: 'How many may be deleted at most: the number that the run shows as held.',
    }),
  },
  { $id: 'Approval', ...strict },
);

export const HeldAnswerShape = Type.Object(
  {
    outcome: Type.Enum(['approved', 'cancelled']),
    run: Type.Unsafe<ShownRun>({ $ref: 'Run#' }),
    skipped: Type.Integer({ description: 'Records that were not deleted after all; each has an issue that says why.' }),
  },
  { $id: 'HeldAnswer' },
);

const HeldDeleteShape = Type.Object(
  {
    record: refTo(PointerShape),
    key: nullableText('Its external id.'),
    name: nullableText('Its display name.'),
    stays: nullableText('Why it would not be deleted, were the run approved now: somebody changed it since, say.'),
  },
  { $id: 'HeldDelete' },
);

const count = () => Type.Integer({ minimum: 0 });

export const RunCountsShape = Type.Object(
  {
    received: count(),
    created: count(),
    updated: count(),
    unchanged: count(),
    revived: count(),
    rejected: count(),
    superseded: count(),
    held: count(),
    deleted: count(),
    unlinked: Type.Optional(count()),
    kept: Type.Optional(count()),
  },
  {
    $id: 'RunCounts',
    description:
      'received = created + updated + unchanged + revived + rejected + superseded + held. What is missing from the set is deleted, or by the delete policy of its interface unlinked or kept, which is counted only then. Of a revert: what was received are the changes of the run; rejected are those that were left alone.',
  },
);

export const RunShape = Type.Object(
  {
    id: Id,
    number: Type.Integer(),
    interface: Type.String({ description: 'Its endpoint.' }),
    state: Type.Enum([...runStates]),
    counts: refTo(RunCountsShape),
    held: refOrNull(HeldShape),
    held_result: refOrNull(HeldResultShape),
    stamp: Type.Unsafe<ShownStamp | null>({
      anyOf: [refTo(StampShape), { type: 'null' }],
      description: 'As of when the set was complete, where its sender said so.',
    }),
    scope: Type.Unsafe<ScopeWords | null>({
      type: ['object', 'null'],
      additionalProperties: { type: ['string', 'number', 'boolean'] },
      description: 'What the set was everything of, by field or relation; null: everything of its interface.',
    }),
    replays: nullableText('The id of the run whose elements this one applies again; null for a complete set.'),
    reverts: nullableText('The id of the run that this one takes back; null for a complete set.'),
    reverted_by: nullableText('The id of the run that took this one back.'),
    issues: Type.Integer({ description: 'How many issues it has.' }),
    issues_url: nullableText('Where they are listed; null when it has none.'),
    received_at: Time,
    started_at: timeOrNull('When it began to be applied; null while it only waits.'),
    finished_at: timeOrNull('When it ended; null before.'),
    failure: nullableText('Why a failed run failed.'),
    superseded_by: nullableText('The id of the newer set that took its place before it was applied.'),
    queue_position: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'Of a queued run among those of its interface, from 1; null for any other.',
    }),
    principal: Type.Object({ id: Type.Integer(), name: Type.String() }, { description: 'Who sent it.' }),
    via: Type.String({ description: 'The API that it came through.', examples: ['native', 'relatics'] }),
    request_id: Type.String(),
    elements_url: Type.String({ description: 'Where its elements are listed that were refused or changed something.' }),
  },
  { $id: 'Run', description: 'One complete set, from its receipt to its result.' },
);

export const RunsQuery = queryOf({
  limit: limitParameter,
  cursor: cursorParameter,
  state: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: `States, parted by commas: ${runStates.join(', ')}.` }),
  ),
});
export type AskedRuns = Static<typeof RunsQuery>;

export const AllRunsQuery = queryOf({
  ...RunsQuery.properties,
  interface: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'Only those of the interface with this endpoint.' }),
  ),
});

export const RunListShape = listOf(refTo(RunShape), 'RunList');
export const HeldListShape = listOf(refTo(HeldDeleteShape), 'HeldList');
export type HeldList = Static<typeof HeldListShape>;
export type HeldAnswer = Static<typeof HeldAnswerShape>;
export type Approval = Static<typeof ApprovalShape>;
export type RunList = Static<typeof RunListShape>;
export type ShownRun = Static<typeof RunShape>;

export const interfaceComponents = [
  HeldShape,
  HeldResultShape,
  RunCountsShape,
  RunShape,
  RunListShape,
  ApprovalShape,
  HeldAnswerShape,
  HeldDeleteShape,
  HeldListShape,
];
