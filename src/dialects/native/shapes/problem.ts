import { type Static, Type } from '../../json-schema.ts';
import { type ProblemCode, problems } from '../problems.ts';
import { nullableText } from './common.ts';

const Code = Type.Unsafe<ProblemCode>({ enum: Object.keys(problems), description: 'Stable: see docs/errors.' });
const Path = nullableText(
  'Where in the request: `fields.premium`, `query.limit`, `path.ref`, `header.if-match`; null: the whole.',
);

/** Further members say more, by code: `holder`, `allowed`, `nearest`, `owner`, `expected` …; `remedy` where it is another than that of the code. */
export type ProblemViolation = { code: ProblemCode; path: string | null; message: string; [member: string]: unknown };
export const ViolationShape = Type.Unsafe<ProblemViolation>(
  Type.Object({ code: Code, path: Path, message: Type.String() }, { additionalProperties: true }),
);

export const ProblemShape = Type.Object(
  {
    type: Type.String({ description: 'Address of the code’s description.' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Code,
    detail: Type.String(),
    path: Path,
    remedy: Type.String({ description: 'What to do about it.' }),
    request_id: Type.String({ description: 'Names the request in the server’s log.' }),
    violations: Type.Array(ViolationShape, {
      minItems: 1,
      description: 'Every reason for the refusal, the first included.',
    }),
  },
  { $id: 'Problem', description: 'RFC 9457 problem details. Nothing was changed.' },
);

export type Problem = Static<typeof ProblemShape>;
