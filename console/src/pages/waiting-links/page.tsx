import { Badge, Group, List, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { usePrefetchInfiniteQuery, useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { may } from '../../api/rights.ts';
import { schemaQuery } from '../../api/schema.ts';
import { useMe } from '../../api/session.ts';
import type { WaitingLink } from '../../api/types.ts';
import { useWithdraw, waitingLinksQuery } from '../../api/waiting-links.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Select } from '../../components/select.tsx';
import { Time } from '../../components/time.tsx';
import { Wide } from '../../components/wide.tsx';

export function Page() {
  return (
    <>
      <PageHead
        title="Waiting links"
        lead="Links that were asked for before their records came. They are made as soon as both are there, until their time is over."
      />
      <Links />
    </>
  );
}

function Links() {
  const [parameters, setParameters] = useSearchParams();
  const [link, state] = [parameters.get('link'), parameters.get('state')];
  const [key, setKey] = useState('');
  const [asked] = useDebouncedValue(key, 300);
  // Half a key is no key: what is typed is asked for once it could be one.
  const waitsFor = /^\w+:.+/.test(asked) ? { waits_for: asked } : {};
  const listed = waitingLinksQuery({ ...(link && { link }), ...(state && { state }), ...waitsFor });
  usePrefetchInfiniteQuery(listed); // beside the schema, not after it
  const { data: schema } = useSuspenseQuery(schemaQuery);
  const query = useSuspenseInfiniteQuery(listed);
  const items = query.data.pages.flatMap((page) => page.items);
  const filter = (name: string) => (value: string | null) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === null) after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  const isFiltered = link !== null || state !== null || key !== '';
  if (items.length === 0 && !isFiltered) {
    return (
      <Empty title="No link waits">
        Ask for a link with “onMissing”: “defer”, and it waits here for its records instead of being refused.
      </Empty>
    );
  }
  return (
    <>
      <Group align="end" mb="md">
        <Select
          label="Link type"
          placeholder="all"
          clearable
          searchable
          data={Object.keys(schema.links ?? {})}
          value={link}
          onChange={filter('link')}
        />
        <Select
          label="State"
          placeholder="all"
          clearable
          data={['waiting', 'refused', 'expired']}
          value={state}
          onChange={filter('state')}
        />
        <TextInput
          label="Waits for"
          placeholder="external_id:CRM-1"
          value={key}
          onChange={({ currentTarget }) => setKey(currentTarget.value)}
        />
      </Group>
      {items.length === 0 ? (
        <Empty title="None of these">Choose another link type, state or key.</Empty>
      ) : (
        <>
          <Wide>
            <Table verticalSpacing="sm" miw={720}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Link</Table.Th>
                  <Table.Th miw={150}>From</Table.Th>
                  <Table.Th miw={150}>To</Table.Th>
                  <Table.Th>Role</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th>Asked for</Table.Th>
                  <Table.Th>Until</Table.Th>
                  <Table.Th aria-label="Actions" />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((one) => (
                  <Row key={one.number} waiting={one} />
                ))}
              </Table.Tbody>
            </Table>
          </Wide>
          <More query={query} />
        </>
      )}
    </>
  );
}

const colors = { waiting: 'blue', refused: 'red', expired: 'gray' } as const;

function Row({ waiting }: { waiting: WaitingLink }) {
  const me = useMe();
  const withdraw = useWithdraw();
  const { number, link, left, right, role, state, reasons, principal, via, asked_at, expires_at } = waiting;
  const mayWithdraw = may(me, `attach:${right.type}`, left.type);
  return (
    <Table.Tr>
      <Table.Td>{link}</Table.Td>
      <Table.Td>
        <End end={left} />
      </Table.Td>
      <Table.Td>
        <End end={right} />
      </Table.Td>
      <Table.Td>{role}</Table.Td>
      <Table.Td>
        <Badge variant="light" color={colors[state]}>
          {state}
        </Badge>
        {reasons.length > 0 && (
          <List size="sm">
            {reasons.map(({ code, message }) => (
              <List.Item key={code}>{message}</List.Item>
            ))}
          </List>
        )}
      </Table.Td>
      <Table.Td>
        <Time at={asked_at} />
        <Text size="sm" c="dimmed">
          by {principal.name} through {via}
        </Text>
      </Table.Td>
      <Table.Td>
        <Time at={expires_at} />
      </Table.Td>
      <Table.Td ta="right">
        {mayWithdraw && (
          <Confirm
            label="Withdraw"
            name={`Withdraw link ${number}`}
            title={`Withdraw the link from ${left.ref} to ${right.ref}?`}
            write={withdraw}
            act={(options) => withdraw.mutate(number, options)}
          >
            <Text size="sm">It waits no longer, and is not made when its records come.</Text>
          </Confirm>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

const End = ({ end: { type, ref, missing } }: { end: WaitingLink['left'] }) => (
  <>
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {type} {ref}
    </Text>
    <Text size="sm" {...(missing ? { fw: 600 } : { c: 'dimmed' })}>
      {missing ? 'not there yet' : 'is there'}
    </Text>
  </>
);
