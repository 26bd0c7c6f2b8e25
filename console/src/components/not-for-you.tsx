import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { Empty } from './empty.tsx';

export const ToOverview = () => (
  <Anchor component={Link} to="/">
    Go to the overview
  </Anchor>
);

/** The menu does not lead here; an address that somebody sent may. @param lacks the grant that it takes, in words; left out: another role. */
export const NotForYou = ({ lacks }: { lacks?: string | undefined }) => (
  <Empty
    title={lacks === undefined ? 'This page is not for your role' : 'You lack the grant for this page'}
    action={<ToOverview />}
  >
    {lacks ?? 'An administrator can give you another one, in Users and grants.'}
  </Empty>
);
