import { type CleanCounts, cleanedThings } from '../../../model/retention.ts';
import { type Static, Type } from '../../json-schema.ts';

export const CleanAnswerShape = Type.Object(
  {
    outcome: Type.Enum(['cleaned', 'planned']),
    more: Type.Boolean({ description: 'There was no time for all of it: ask again.' }),
    counts: Type.Unsafe<CleanCounts>({
      type: 'object',
      properties: Object.fromEntries(cleanedThings.map((thing) => [thing, { type: 'integer' }])),
      required: [...cleanedThings],
      description: 'How much went. Of a plan: how much would go, of each thing up to 100,000.',
    }),
  },
  { $id: 'CleanAnswer' },
);

export type CleanAnswer = Static<typeof CleanAnswerShape>;
