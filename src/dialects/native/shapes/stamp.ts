import { maxSourceVersion, type ShownStamp } from '../../../model/stamp.ts';
import { type Static, Type } from '../../json-schema.ts';
import { nullableText, refTo } from './common.ts';

export const stampMembers = {
  as_of: Type.Optional(
    Type.String({
      description:
        'The time as of which the write is true, with its zone. What is stored as of a later time stays as it is.',
      examples: ['2026-11-30T04:00:00Z'],
    }),
  ),
  source_version: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: maxSourceVersion,
      description: 'The same by a number that the source counts up, instead of `as_of`.',
      examples: [17],
    }),
  ),
};

export type StampMembers = { readonly as_of?: string | undefined; readonly source_version?: number | undefined };

export const StampShape = Type.Unsafe<ShownStamp>({
  $id: 'Stamp',
  type: 'object',
  properties: { as_of: { type: 'string' }, source_version: { type: 'integer' } },
  description: 'How old a write is: one of the two.',
});

export const StaleShape = Type.Object(
  {
    field: nullableText('null: the whole record, which was deleted or written since.'),
    sent: refTo(StampShape),
    stored: refTo(StampShape),
  },
  { $id: 'Stale', description: 'What was left out of a write, as it is older than what is stored.' },
);
export type ShownStale = Static<typeof StaleShape>;
