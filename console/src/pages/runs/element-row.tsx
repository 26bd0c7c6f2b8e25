import { ActionIcon, Anchor, Badge, Group, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import type { ShownElement, ShownRun } from '../../api/types.ts';
import { StackingCell, StackingRow } from '../../components/stacking-table.tsx';
import { count } from '../../components/words.ts';
import { EditAndReplay } from './edit-and-replay.tsx';
import { ElementDetails } from './element-details.tsx';
import { KeyCell } from './key-cell.tsx';
import { useMayReplay } from './may-replay.ts';
import { colorOfOutcome } from './outcomes.ts';

export const elementColumns = ['Row', 'Key', 'Outcome', 'As it was sent', 'What to do'] as const;
const [row, key, outcome, sent, action] = elementColumns;

/** @param hasError it may have been applied but for that. */
export const mayBeReplayed = ({ outcome: became, resolved_by }: ShownElement, hasError: boolean): boolean =>
  resolved_by === null && (became === 'rejected' || (hasError && became !== 'superseded'));

/** An element in a line, and on demand what was sent, what is stored, and why. */
export function ElementRow({ run, element, hasError }: { run: ShownRun; element: ShownElement; hasError: boolean }) {
  const mayReplay = useMayReplay(run);
  const [isOpen, { toggle }] = useDisclosure();
  const named = element.key ?? `row ${element.place + 1}`;
  return (
    <>
      <StackingRow>
        <StackingCell of={row}>
          <Group gap={4} wrap="nowrap">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-expanded={isOpen}
              aria-label={`What was sent, what is stored, and why, of ${named}`}
              onClick={toggle}
            >
              {isOpen ? <ChevronDown size={16} /> : <ChevronRight size={16} />}
            </ActionIcon>
            {count(element.place + 1)}
          </Group>
        </StackingCell>
        <KeyCell of={key} sent={element} />
        <StackingCell of={outcome}>
          <Badge variant="light" color={colorOfOutcome(element.outcome)}>
            {element.outcome}
          </Badge>
        </StackingCell>
        <StackingCell of={sent} w="100%">
          <Text size="sm" lineClamp={1} className="long">
            {inShort(element)}
          </Text>
        </StackingCell>
        <StackingCell of={action}>
          {element.resolved_by === null ? (
            mayReplay && mayBeReplayed(element, hasError) && <EditAndReplay run={run} element={element} />
          ) : (
            <Anchor component={Link} size="sm" to={path`/runs/${element.resolved_by}`} style={{ whiteSpace: 'nowrap' }}>
              Mended by a replay
            </Anchor>
          )}
        </StackingCell>
      </StackingRow>
      {isOpen && (
        <Table.Tr role="row">
          <Table.Td role="cell" colSpan={elementColumns.length}>
            <ElementDetails run={run} element={element} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

/** Its values but for the key, which has a column of its own. */
function inShort({ row, source, key: named }: ShownElement): string {
  if (row === null) return source ?? 'not kept';
  const values = Object.entries(row).filter(([, value]) => value !== named);
  return values
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}
