import { type Static, Type } from '../../json-schema.ts';
import { nullableText, refOrNull, refTo, Time } from './common.ts';
import type { ShownValue } from './record.ts';
import { StampShape } from './stamp.ts';

const Who = Type.Unsafe<{ id: number; name: string } | null>({
  type: ['object', 'null'],
  required: ['id', 'name'],
  properties: { id: { type: 'integer' }, name: { type: 'string' } },
  description:
    'The user or key that wrote it. null: nobody since the record was made, or, where `not_kept`, longer ago than history is kept.',
});

const NullableCount = (description: string) => Type.Unsafe<number | null>({ type: ['integer', 'null'], description });

const trace = {
  via: nullableText('The API it came through, as `native` or `relatics`.'),
  request: nullableText('The request’s id.'),
  run: nullableText('Id of the run of an interface that it came with.'),
  interface: nullableText('That interface’s endpoint.'),
  row: NullableCount('Where it stood in the body of the run or import, from 0.'),
};

const provenance = {
  value: Type.Unsafe<ShownValue>({
    type: ['string', 'number', 'boolean', 'array', 'null'],
    items: { type: 'string' },
    description: 'As in the record; of a link the id of the other record.',
  }),
  owner: Type.String({ description: 'Who may change it: `internal`, `external` or `interface:…`.' }),
  written_by: Who,
  ...trace,
  import: nullableText('Id of the bulk import that it came with.'),
  at: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'date-time',
    description: 'Since when it is so.',
  }),
  not_kept: Type.Boolean({
    description: 'Who wrote it is not known any more: the change is older than what is kept.',
  }),
  forced: Type.Boolean({ description: 'It was written with `force=true`, by somebody else than its owner.' }),
  stamp: refOrNull(StampShape),
  refused: Type.Array(
    Type.Object({
      by: Type.Object({ id: Type.Integer(), name: Type.String() }),
      ...trace,
      value: nullableText('As an interface sent it; refused values of single writes are not kept.'),
      times: Type.Integer({ description: 'How often, for single writes; the rest is of the last time.' }),
      at: Time,
    }),
    { description: 'Who was refused it since, as not its owner; newest first, at most 50.' },
  ),
};

const linkNumber = NullableCount('The link’s number; null where there is none.');
const roleName = nullableText('Name of the link’s role; null without one.');

export const WhyShape = Type.Object(
  { field: Type.String(), link: Type.Optional(linkNumber), role: Type.Optional(roleName), ...provenance },
  { $id: 'Why', description: 'Where a value comes from, or the one link of a relation that takes no more.' },
);

export const LinkWhyShape = Type.Object(
  { link: linkNumber, role: roleName, ...provenance },
  { $id: 'LinkWhy', description: 'Where a link comes from.' },
);

export const WhyLinksShape = Type.Object(
  {
    field: Type.String(),
    owner: Type.String(),
    links: Type.Array(refTo(LinkWhyShape), { description: 'In the order of their numbers.' }),
    next: nullableText('Send it as `cursor` for the next page; null on the last one.'),
  },
  { $id: 'WhyLinks', description: 'Where the links of a relation that takes many come from.' },
);

export const orWhyLinks = Type.Unsafe<ShownWhy | ShownWhyLinks>({
  anyOf: [{ $ref: 'WhyLinks#' }, { $ref: 'Why#' }],
});
export type ShownWhy = Static<typeof WhyShape>;
export type ShownLinkWhy = Static<typeof LinkWhyShape>;
export type ShownWhyLinks = Static<typeof WhyLinksShape>;
