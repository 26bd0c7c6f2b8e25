import { Stack, Text } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { rejectedRowsQuery } from '../../api/imports.ts';
import type { ShownImport } from '../../api/types.ts';
import { keyStyle } from '../../components/key-style.ts';
import { More } from '../../components/more.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { count } from '../../components/words.ts';
import { RejectedFile } from './rejected-file.tsx';

/** Rows that were refused, and as a file to be mended and sent again; of a revert, the changes that it left alone. */
export function Rejected({ shown }: { shown: ShownImport }) {
  const query = useSuspenseInfiniteQuery(rejectedRowsQuery(shown.id));
  const rows = query.data.pages.flatMap(({ items }) => items);
  const isRevert = shown.reverts !== null;
  const columns = [isRevert ? 'Change' : 'Line', 'Key', isRevert ? 'Why it was left alone' : 'What is wrong'] as const;
  return (
    <Stack>
      {!isRevert && (
        <>
          <Text size="sm">
            Rows that were rejected changed nothing. The file has them as they were sent, with what is wrong: mend it,
            and import it.
          </Text>
          <RejectedFile of={shown}>Rejected rows as CSV</RejectedFile>
        </>
      )}
      <StackingTable columns={columns} aria-label={isRevert ? 'Changes that were left alone' : 'Rejected rows'}>
        {rows.map(({ row, line, key, violations }) => (
          <StackingRow key={row}>
            <StackingCell of={columns[0]}>{count(line)}</StackingCell>
            <StackingCell of={columns[1]} style={keyStyle(key)}>
              {key}
            </StackingCell>
            <StackingCell of={columns[2]} w="100%">
              {violations.map(({ message }) => message).join(' ')}
            </StackingCell>
          </StackingRow>
        ))}
      </StackingTable>
      <More query={query} />
    </Stack>
  );
}
