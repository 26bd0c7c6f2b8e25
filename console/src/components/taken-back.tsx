import { Alert, Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { Time } from './time.tsx';

type By = { readonly name: string; readonly at: string; readonly to: string };

/** By whom and when. @param by undefined: what took it back is not kept any more, or not for everybody to see. */
export const TakenBack = ({ by }: { by: By | undefined }) => (
  <Alert color="gray" title="It was taken back">
    <Text size="sm">
      {by ? (
        <>
          By <bdi>{by.name}</bdi>, <Time at={by.at} />.{' '}
          <Anchor component={Link} size="sm" underline="always" to={by.to}>
            See what that did
          </Anchor>
        </>
      ) : (
        'What it changed is as it was before, but for what was changed since.'
      )}
    </Text>
  </Alert>
);
