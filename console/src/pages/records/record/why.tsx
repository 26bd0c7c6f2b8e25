import { ActionIcon, Anchor, Drawer, List, Loader, Stack, Table, Text, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { CircleHelp } from 'lucide-react';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { Link } from 'react-router';
import type { Owner } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { type Why, whyQuery } from '../../../api/record-details.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { OwnerBadge } from '../../../components/owner-badge.tsx';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { ApiName, Through } from '../../../components/through.tsx';
import { Time } from '../../../components/time.tsx';
import { count } from '../../../components/words.ts';

type Asked = { readonly name: string; readonly label: string; readonly link?: number };

const Ask = createContext<(asked: Asked) => void>(() => undefined);

/** One panel for all fields and links of a record: where the one that is asked for comes from. */
export function WhyPanel({ record, children }: { record: ShownRecord; children: ReactNode }) {
  const [asked, setAsked] = useState<Asked>();
  const [isOpen, setOpen] = useState(false);
  const ask = (next: Asked): void => {
    setAsked(next);
    setOpen(true);
  };
  return (
    <Ask value={ask}>
      {children}
      <Drawer opened={isOpen} onClose={() => setOpen(false)} position="right" title={`Why ${asked?.label ?? ''}?`}>
        {asked && <Answer record={record} asked={asked} />}
      </Drawer>
    </Ask>
  );
}

export function WhyButton(asked: Asked) {
  const ask = useContext(Ask);
  return (
    <Tooltip label="Where it comes from">
      <ActionIcon variant="subtle" color="gray" aria-label={`Why ${asked.label}?`} onClick={() => ask(asked)}>
        <CircleHelp size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

function Answer({ record, asked }: { record: ShownRecord; asked: Asked }) {
  const { data: why, error } = useQuery(whyQuery(record.type, record.id, asked.name, asked.link));
  if (error) return <ProblemAlert fault={error} />;
  if (why === undefined) return <Loader aria-label="Loading" />;
  return (
    <Stack>
      <Table variant="vertical" layout="fixed">
        <Table.Tbody>
          {rowsOf(why).map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th w={120} scope="row">
                {label}
              </Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Refused why={why} />
    </Stack>
  );
}

function rowsOf(why: Why): [string, ReactNode][] {
  const {
    written_by: by,
    via,
    at,
    run,
    interface: endpoint,
    row,
    import: imported,
    request,
    stamp,
    not_kept: notKept,
  } = why;
  const writer = by?.name ?? (notKept ? 'Longer ago than history is kept' : 'Nobody since the record was made');
  const rows: [string, ReactNode][] = [
    ['Owner', <OwnerBadge key="owner" owner={why.owner as Owner} />],
    ['Written by', why.forced ? `${writer}, with force` : writer],
  ];
  if (via !== null) rows.push(['Through', <Way key="via" via={via} endpoint={endpoint} />]);
  if (run !== null)
    rows.push([
      'Run',
      <Anchor key="run" size="sm" component={Link} to={path`/runs/${run}`}>
        Open the run
      </Anchor>,
    ]);
  if (imported !== null)
    rows.push([
      'Import',
      <Anchor key="import" size="sm" component={Link} to={path`/imports/${imported}`}>
        Open the import
      </Anchor>,
    ]);
  if (row !== null) rows.push(['Row', count(row + 1)]);
  if (at !== null) rows.push(['Since', <Time key="at" at={at} />]);
  if (stamp !== null)
    rows.push(['As of', 'as_of' in stamp ? <Time key="as of" at={stamp.as_of} /> : `version ${stamp.source_version}`]);
  if (request !== null) rows.push(['Request', request]);
  return rows;
}

const Way = ({ via, endpoint }: { via: string; endpoint: string | null }) => (
  <>
    <ApiName via={via} />
    {endpoint !== null && (
      <>
        , to the interface{' '}
        <Anchor size="sm" underline="always" component={Link} to={path`/interfaces/${endpoint}`}>
          {endpoint}
        </Anchor>
      </>
    )}
  </>
);

const Refused = ({ why }: { why: Why }) =>
  why.refused.length === 0 ? (
    <Text size="sm" c="dimmed">
      Nobody was refused it since.
    </Text>
  ) : (
    <div>
      <Text size="sm" fw={600}>
        Refused since, as not the owner
      </Text>
      <List size="sm">
        {why.refused.map(({ by, at, via, value, times }) => (
          <List.Item key={`${at} ${by.id}`}>
            <bdi>{by.name}</bdi> {via !== null && <Through via={via} />}, <Time at={at} />
            {times > 1 && `, ${times} times`}
            {value !== null && `: ${value}`}
          </List.Item>
        ))}
      </List>
    </div>
  );
