/** What is said beside a complete set: how long to wait for its result, and `scope[region]=EU`, what it is everything of. */
import { type Static, Type } from '../../json-schema.ts';
import { decimalParameter, queryOf } from '../shapes/common.ts';
import { planParameters } from '../shapes/plan.ts';
import { stampMembers } from '../shapes/stamp.ts';

const scopeName = /^scope\[([^[\]]{1,200})\]$/;

/** What the OpenAPI document shows in place of the pattern. */
export const scopeParameter = {
  in: 'query',
  name: 'scope',
  style: 'deepObject',
  explode: true,
  required: false,
  description: [
    'The set is everything of the records of which this is true, and no others are deleted: `scope[region]=EU`,',
    '`scope[contacts]=external_id:C-1`. By a field, with its value, or by a relation, with a reference to the record that it leads to;',
    'at most 10 together. An element outside of it is rejected.',
  ].join(' '),
  schema: { type: 'object', additionalProperties: { type: 'string' } },
} as const;

const parameters = queryOf({
  ...stampMembers,
  ...planParameters,
  form: Type.Optional(
    Type.String({
      maxLength: 50,
      description:
        'The body is as another API has it, in JSON or XML: `relatics`, for a file that was made for Relatics. Without it, rows.',
    }),
  ),
  ...decimalParameter,
  wait: Type.Integer({
    minimum: 0,
    maximum: 600,
    default: 30,
    description:
      'Seconds to wait for the end of a run that must queue, from when its body is whole. 0: it is queued in any case.',
  }),
});
export type Submitted = Static<typeof parameters> & { [name: `scope[${string}`]: string };
export const SubmissionQuery = Type.Unsafe<Submitted>({
  ...parameters,
  patternProperties: {
    [scopeName.source]: { type: 'string', maxLength: 1000, examples: ['scope[field]', 'scope[relation]'] },
  },
});

export const scopeOf = (query: Submitted): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => {
      const field = scopeName.exec(name)?.[1];
      return field === undefined ? [] : [[field, String(value)]];
    }),
  );
