import { type Static, Type } from '../../json-schema.ts';
import { Id, Time } from './common.ts';

export const HeldResultShape = Type.Object(
  {
    outcome: Type.Enum(['approved', 'cancelled', 'overtaken', 'expired']),
    deletes: Type.Integer({ description: 'How many were held.' }),
    whole: Type.Boolean({ description: 'Whether all of the set was held, and not its deletes only.' }),
    by: Type.Unsafe<{ id: number; name: string } | null>({
      type: ['object', 'null'],
      properties: { id: { type: 'integer' }, name: { type: 'string' } },
      required: ['id', 'name'],
      description: 'Who decided; null where nobody did.',
    }),
    at: Time,
    run: Type.Unsafe<string | null>({ anyOf: [Id, { type: 'null' }], description: 'The newer run that overtook it.' }),
    message: Type.String(),
  },
  { $id: 'HeldResult', description: 'What became of what a run held.' },
);
export type ShownHeldResult = Static<typeof HeldResultShape>;
