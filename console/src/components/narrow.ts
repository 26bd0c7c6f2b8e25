import { useMediaQuery } from '@mantine/hooks';

/** Whether there is room for one column only: where tables stack their cells, too. */
export const useIsNarrow = (): boolean => useMediaQuery('(max-width: 48em)') ?? false;
