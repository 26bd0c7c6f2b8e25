import { Badge } from '@mantine/core';
import type { ShownImport } from '../../api/types.ts';

const colors: Readonly<Record<ShownImport['state'], string>> = {
  receiving: 'blue',
  done: 'green',
  cut_short: 'orange',
  failed: 'red',
  reverted: 'gray',
};
const words: Partial<Record<ShownImport['state'], string>> = { receiving: 'at work', cut_short: 'cut short' };

export const ImportState = ({ state }: Pick<ShownImport, 'state'>) => (
  <Badge variant="light" color={colors[state]}>
    {words[state] ?? state}
  </Badge>
);
