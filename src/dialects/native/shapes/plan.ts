import { planActions, planKinds } from '../../../model/plan.ts';
import { type Static, type TSchema, Type } from '../../json-schema.ts';
import { Id, listOf, mapOf, nullableText, refOrNull, refTo, Time } from './common.ts';
import { RunCountsShape, RunShape } from './interface.ts';

/** What goes with every call that can be planned. */
export const planParameters = {
  plan: Type.Boolean({
    default: false,
    description: 'Write nothing: answer with a plan, which says what would be done, and can be applied.',
  }),
  plan_id: Type.Optional(
    Type.String({
      description:
        'Do just what this plan says: refused with `plan_stale` when it would be anything else by now. With the same body; a single write may leave it out.',
    }),
  ),
};

/** A call answers as it does, or with a plan. */
export const orPlan = <T extends TSchema>(shape: T & { readonly $id?: string }) =>
  Type.Unsafe<Static<T>>({ anyOf: [{ $ref: `${shape.$id}#` }, { $ref: 'Plan#' }] });

const nullableCount = (description: string) => Type.Unsafe<number | null>({ type: ['integer', 'null'], description });

const PlannedRecordShape = Type.Object(
  {
    type: Type.String(),
    number: nullableCount(
      'null for one that is yet to be made, or is none of yours to read and would be linked no more.',
    ),
    id: nullableText('A GUID.'),
    key: nullableText('A value of one of its match fields.'),
  },
  { $id: 'PlannedRecord' },
);

const PlannedFieldShape = Type.Object(
  {
    field: Type.String(),
    before: Type.Unknown({ description: 'null when unset, and of a record that you may not read.' }),
    after: Type.Unknown({ description: 'A lookup is a planned record.' }),
  },
  { $id: 'PlannedField' },
);

const LinkStateShape = Type.Object(
  { role: nullableText('By name.'), attributes: mapOf(Type.Unknown()) },
  { $id: 'PlannedLinkState' },
);

const PlannedLinkShape = Type.Object(
  {
    link: Type.String({ description: 'Key of its link type.' }),
    number: nullableCount('null for one that is yet to be made.'),
    left: refTo(PlannedRecordShape),
    right: refTo(PlannedRecordShape),
    before: refOrNull(LinkStateShape),
    after: refOrNull(LinkStateShape),
  },
  { $id: 'PlannedLink' },
);

const PlanIssueShape = Type.Object(
  {
    severity: Type.Enum(['error', 'warning']),
    code: Type.String(),
    member: nullableText('Field or relation.'),
    value: nullableText('Its value as text, the beginning of it.'),
    message: Type.String(),
    remedy: nullableText('What to do about it.'),
  },
  { $id: 'PlanIssue' },
);

const PlanItemShape = Type.Object(
  {
    action: Type.Enum([...planActions]),
    type: Type.String({ description: 'Of the record; of a link its left-hand one.' }),
    key: nullableText('Of the element, row or record.'),
    record: refOrNull(PlannedRecordShape),
    version: nullableCount('That the record has now.'),
    row: nullableCount('Where in the body its element or row stands, from 0.'),
    fields: Type.Array(refTo(PlannedFieldShape)),
    link: refOrNull(PlannedLinkShape),
    forced: Type.Array(Type.String(), {
      description: 'What another owns, and gives way to `force=true`: fields by key, or the link type.',
    }),
    issues: Type.Array(refTo(PlanIssueShape)),
  },
  {
    $id: 'PlanItem',
    description: 'One thing that would be done, or would be refused. What is unchanged is counted only.',
  },
);

const actionCounts = Object.fromEntries(planActions.map((action) => [action, Type.Integer({ minimum: 0 })])) as Record<
  (typeof planActions)[number],
  ReturnType<typeof Type.Integer>
>;

export const PlanShape = Type.Object(
  {
    plan_id: Id,
    kind: Type.Enum([...planKinds]),
    state: Type.Enum(['open', 'applied', 'expired'], { description: 'Only an open one can be applied.' }),
    counts: refTo(RunCountsShape),
    actions: Type.Object(actionCounts, { description: 'How many items there are of each action.' }),
    items: Type.Array(refTo(PlanItemShape), { description: 'The first 1,000.' }),
    items_total: Type.Integer(),
    items_kept: Type.Integer({ description: 'How many can be read at `items_url`.' }),
    items_url: Type.String(),
    run: refOrNull(RunShape),
    created_at: Time,
    expires_at: Time,
    applied_at: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
  },
  { $id: 'Plan', description: 'What a write would do. Nothing of it was written.' },
);

const { counts: _counts, run: _run, ...ofPlan } = PlanShape.properties;
/** What an answer with counts of its own has of a plan: there with `planned` only. */
export const planMembers = Type.Partial(Type.Object(ofPlan)).properties;

export const PlanItemListShape = listOf(refTo(PlanItemShape), 'PlanItemList');

export type ShownPlan = Static<typeof PlanShape>;
export type PlanItemList = Static<typeof PlanItemListShape>;

export const planComponents = [
  PlannedRecordShape,
  PlannedFieldShape,
  LinkStateShape,
  PlannedLinkShape,
  PlanIssueShape,
  PlanItemShape,
  PlanShape,
  PlanItemListShape,
];
