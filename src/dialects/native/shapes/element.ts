import { elementKinds } from '../../../model/runs.ts';
import { type Static, Type } from '../../json-schema.ts';
import { cursorParameter, limitParameter, listOf, mapOf, nullableText, queryOf, refOrNull, refTo } from './common.ts';
import { RunCountsShape, RunShape } from './interface.ts';
import { IssueShape } from './issue.ts';
import { planMembers } from './plan.ts';
import { PointerShape } from './pointer.ts';
import { RecordShape } from './record.ts';

const ElementShape = Type.Object(
  {
    place: Type.Integer({ description: 'In the body, from 0; issues name it too.' }),
    key: nullableText('Its key; null when it was erased.'),
    record: refOrNull(PointerShape),
    outcome: Type.Enum([...elementKinds]),
    row: Type.Union([mapOf(Type.Unknown()), Type.Null()], {
      description: 'As a row of a native run, by the schema as it is now; null where that cannot be said.',
    }),
    source: nullableText('As its sender wrote it; null where that is not kept.'),
    resolved_by: nullableText('The id of the replay that applied it after all, with nothing left to mend.'),
  },
  { $id: 'Element', description: 'An element of a set, and what became of it.' },
);

export const ElementListShape = listOf(refTo(ElementShape), 'ElementList');

export const UnchangedListShape = Type.Object(
  {
    items: Type.Array(refTo(RecordShape), {
      description: 'As they are now. There may be fewer than `limit` and a `next`.',
    }),
    next: nullableText('Send it as `cursor` for the next page; null on the last one.'),
    known: Type.Boolean({
      description: 'Whether it is known which they are: of the last set of an interface, if it was everything of it.',
    }),
    message: nullableText('Why it is not known.'),
  },
  { $id: 'UnchangedList', description: 'The records that a run found as they were.' },
);

export const ReplayAnswerShape = Type.Object(
  {
    outcome: Type.Enum(['replayed', 'planned']),
    run: refOrNull(RunShape),
    counts: refTo(RunCountsShape),
    issues: Type.Array(refTo(IssueShape), { description: 'What is wrong with them now, the first 1,000.' }),
    ...planMembers,
  },
  {
    $id: 'ReplayAnswer',
    description:
      '`run` is the replay, a run of its own; null with a plan, whose members are there with `planned` only.',
  },
);
export type ReplayAnswer = Static<typeof ReplayAnswerShape>;

export const ElementsQuery = queryOf({
  limit: limitParameter,
  cursor: cursorParameter,
  outcome: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: `Parted by commas: ${elementKinds.join(', ')}.` }),
  ),
  key: Type.Optional(Type.String({ maxLength: 512, description: 'Only those with this key.' })),
  resolved: Type.Optional(Type.Boolean({ description: 'Only those that a replay has applied, or has not.' })),
  severity: Type.Optional(Type.Enum(['error', 'warning'], { description: 'Only those with an issue of it.' })),
});

export type AskedElements = Static<typeof ElementsQuery>;
export type ShownElement = Static<typeof ElementShape>;
export type UnchangedList = Static<typeof UnchangedListShape>;
export type ElementList = Static<typeof ElementListShape>;

export const elementComponents = [ElementShape, ElementListShape, UnchangedListShape, ReplayAnswerShape];
