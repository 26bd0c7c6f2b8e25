import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { Link } from 'react-router';
import type { RecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { saveFile } from '../../../api/save-file.ts';
import type { ImportAnswer } from '../../../api/types.ts';
import { keyStyle } from '../../../components/key-style.ts';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../../components/stacking-table.tsx';
import { count, counted } from '../../../components/words.ts';

const mostShown = 50;
const columns = ['Line', 'Key', 'What is wrong'] as const;

/** What became of the rows, and those that were refused as a file to be mended and sent again. */
export function Result({ type, answer, again }: { type: RecordType; answer: ImportAnswer; again: () => void }) {
  const { received, ...outcomes } = answer.counts;
  const save = useMutation({
    mutationFn: () =>
      saveFile(path`/v1/imports/${answer.import}/rejected?spreadsheet=true`, 'text/csv', 'rejected.csv'),
  });
  return (
    <Stack role="status">
      <Title order={2} size="h4">
        {counted(received, 'row')} received
      </Title>
      <Group gap="xs">
        {Object.entries(outcomes)
          .filter(([, number]) => number > 0)
          .map(([outcome, number]) => (
            <Badge key={outcome} size="lg" variant="light" color={outcome === 'rejected' ? 'red' : 'gray'}>
              {outcome}: {count(number)}
            </Badge>
          ))}
      </Group>
      <Group>
        <Button component={Link} to={path`/records/${type.key}`}>
          See the {type.plural.toLowerCase()}
        </Button>
        <Button variant="default" onClick={again}>
          Import another file
        </Button>
      </Group>
      {outcomes.rejected > 0 && (
        <>
          <Text size="sm">
            Rows that were rejected changed nothing. The file has them as they were sent, with what is wrong: mend it,
            and import it.
          </Text>
          <Group>
            <Button
              variant="default"
              leftSection={<Download size={16} aria-hidden />}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              Rejected rows as CSV
            </Button>
          </Group>
          {save.isError && <ProblemAlert fault={save.error} title="Not saved" />}
          <StackingTable columns={columns} aria-label="Rejected rows">
            {answer.rejected.slice(0, mostShown).map(({ row, line, key, violations }) => (
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
          {outcomes.rejected > mostShown && (
            <Text size="sm" c="dimmed">
              and {counted(outcomes.rejected - mostShown, 'more', 'more')}: the file has all of them.
            </Text>
          )}
        </>
      )}
    </Stack>
  );
}
