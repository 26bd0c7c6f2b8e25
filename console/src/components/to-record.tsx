import { Anchor, type AnchorProps, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { path } from '../api/client.ts';
import { may } from '../api/rights.ts';
import { useMe } from '../api/session.ts';

type Shown = Pick<AnchorProps, 'size' | 'inherit' | 'underline'> & {
  readonly type: string;
  readonly id: string;
  readonly children: ReactNode;
};

/** The way to a record's page, for those who may read it: to others it would be a refusal. */
export function ToRecord({ type, id, children, ...looks }: Shown) {
  const me = useMe();
  if (!may(me, 'read', type)) {
    const { underline: _, ...others } = looks;
    return (
      <Text span {...others}>
        {children}
      </Text>
    );
  }
  return (
    <Anchor component={Link} {...looks} to={path`/records/${type}/${id}`}>
      {children}
    </Anchor>
  );
}
