import { Alert, Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import type { ShownRun } from '../../api/types.ts';
import { Time } from '../../components/time.tsx';
import { counted } from '../../components/words.ts';

type Result = NonNullable<ShownRun['held_result']>;

const words: Readonly<Record<Result['outcome'], string>> = {
  approved: 'was approved',
  cancelled: 'was cancelled',
  overtaken: 'was overtaken by a newer set, which says anew what is to be deleted',
  expired: 'was not approved in time',
};

/** What became of what the guard held, with the time as the viewer's clock has it. */
export const HeldResult = ({ result: { outcome, whole, deletes, by, at, run } }: { result: Result }) => (
  <Alert color="gray">
    {whole ? 'The set, which was held as a whole with' : 'What the run held,'} {counted(deletes, 'delete')},{' '}
    {words[outcome]}
    {by !== null && (
      <>
        {' '}
        by <bdi>{by.name}</bdi>
      </>
    )}
    , <Time at={at} />.
    {(outcome === 'cancelled' || outcome === 'expired') &&
      (whole ? ' Nothing of it was applied.' : ' The records stay until the next set without them.')}
    {run !== null && (
      <>
        {' '}
        <Anchor component={Link} to={path`/runs/${run}`} inherit>
          See the newer run
        </Anchor>
      </>
    )}
  </Alert>
);
