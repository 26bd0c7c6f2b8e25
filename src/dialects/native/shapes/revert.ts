import { type Static, Type } from '../../json-schema.ts';
import { refOrNull, refTo } from './common.ts';
import { ImportCountsShape, ImportShape } from './import.ts';
import { RunCountsShape, RunShape } from './interface.ts';
import { IssueShape } from './issue.ts';
import { planMembers } from './plan.ts';

export const RevertAnswerShape = Type.Object(
  {
    outcome: Type.Enum(['reverted', 'planned']),
    run: refOrNull(RunShape),
    counts: refTo(RunCountsShape),
    left: Type.Array(refTo(IssueShape), {
      description: 'What was changed since and is left alone, the first 1,000; all of it is in the issues of the run.',
    }),
    ...planMembers,
  },
  {
    $id: 'RevertAnswer',
    description:
      '`run` is the revert, a run of its own; null with a plan, whose members are there with `planned` only.',
  },
);

export type RevertAnswer = Static<typeof RevertAnswerShape>;

export const ImportRevertShape = Type.Object(
  {
    outcome: Type.Enum(['reverted', 'planned']),
    import: refOrNull(ImportShape),
    counts: refTo(ImportCountsShape),
    left: Type.Array(refTo(IssueShape), {
      description:
        'What was changed since and is left alone, the first 1,000; all of it is among the rejected rows of the revert.',
    }),
    ...planMembers,
  },
  {
    $id: 'ImportRevert',
    description:
      '`import` is the revert, an import of its own; null with a plan, whose members are there with `planned` only.',
  },
);
export type ImportRevert = Static<typeof ImportRevertShape>;
