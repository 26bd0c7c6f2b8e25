import { Alert, Button, Text } from '@mantine/core';

/** What is stored and shall be no more: until that is applied, it is put back by a click. */
export const Removed = ({ what, putBack }: { what: string; putBack: () => void }) => (
  <Alert color="orange" title={`${what} is removed when this is applied`}>
    <Text size="sm" mb="sm">
      What is lost with it, “See what it would do” tells before anything is done.
    </Text>
    <Button size="xs" variant="default" onClick={putBack}>
      Put it back
    </Button>
  </Alert>
);
