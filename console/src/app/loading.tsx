import { Center, Loader } from '@mantine/core';

export const Loading = () => (
  <Center h="60vh">
    <Loader aria-label="Loading" />
  </Center>
);
