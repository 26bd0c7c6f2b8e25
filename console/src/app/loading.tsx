import { Center, Loader } from '@mantine/core';

export const Loading = () => (
  <Center h="60vh">
    <Loader role="status" aria-label="Loading" />
  </Center>
);
