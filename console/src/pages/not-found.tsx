import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { Empty } from '../components/empty.tsx';
import { PageHead } from '../components/page-head.tsx';

export const Page = () => (
  <>
    <PageHead title="No such page" />
    <Empty title="Nothing is at this address">
      It may have been removed, or the address is mistyped.{' '}
      <Anchor component={Link} to="/">
        Go to the overview
      </Anchor>
    </Empty>
  </>
);
