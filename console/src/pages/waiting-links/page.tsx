import { Anchor, Badge, Group, List, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { usePrefetchInfiniteQuery, useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { type Catalogue, labelOfLink } from '../../api/catalogue.ts';
import { path } from '../../api/client.ts';
import { may } from '../../api/rights.ts';
import { useMe } from '../../api/session.ts';
import type { Me, WaitingLink } from '../../api/types.ts';
import { useCatalogue } from '../../api/use-catalogue.ts';
import { useWithdraw, waitingLinksQuery } from '../../api/waiting-links.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Select } from '../../components/select.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Through } from '../../components/through.tsx';
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
  const catalogue = useCatalogue();
  const query = useSuspenseInfiniteQuery(listed);
  const items = query.data.pages.flatMap((page) => page.items);
  const me = useMe();
  const mayWithdrawAny = items.some((one) => mayWithdraw(me, one));
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
          data={linksIn(catalogue)}
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
            <StackingTable
              columns={Object.values(column).filter((name) => name !== column.action || mayWithdrawAny)}
              fz="sm"
              aria-label="Waiting links"
            >
              {items.map((one) => (
                <Row key={one.number} waiting={one} catalogue={catalogue} hasAction={mayWithdrawAny} />
              ))}
            </StackingTable>
          </Wide>
          <More query={query} />
        </>
      )}
    </>
  );
}

const column = {
  link: 'Link',
  from: 'From',
  to: 'To',
  role: 'Role',
  state: 'State',
  asked: 'Asked for',
  action: 'What to do',
} as const;

/** As the record type at its left end calls each. Links behind lookup fields do not wait. */
const linksIn = (catalogue: Catalogue): { value: string; label: string }[] =>
  [...catalogue.values()].flatMap(({ label, links }) =>
    links.flatMap((end) =>
      end.side === 'left' && !end.isLookup ? [{ value: end.key, label: `${label}: ${end.label}` }] : [],
    ),
  );

const colors = { waiting: 'blue', refused: 'red', expired: 'gray' } as const;

const mayWithdraw = (me: Me, { left, right }: Pick<WaitingLink, 'left' | 'right'>): boolean =>
  may(me, `attach:${right.type}`, left.type);

type Shown = { waiting: WaitingLink; catalogue: Catalogue; hasAction: boolean };

function Row({ waiting, catalogue, hasAction }: Shown) {
  const me = useMe();
  const withdraw = useWithdraw();
  const { number, left, right, role, state, reasons, principal, via, asked_at, expires_at } = waiting;
  return (
    <StackingRow>
      <StackingCell of={column.link}>{labelOfLink(catalogue, waiting)}</StackingCell>
      <StackingCell of={column.from} room={120}>
        <End end={left} catalogue={catalogue} />
      </StackingCell>
      <StackingCell of={column.to} room={120}>
        <End end={right} catalogue={catalogue} />
      </StackingCell>
      <StackingCell of={column.role}>{role}</StackingCell>
      <StackingCell of={column.state}>
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
      </StackingCell>
      <StackingCell of={column.asked}>
        <Time at={asked_at} isShort />
        <Text size="sm" c="dimmed">
          by <bdi>{principal.name}</bdi> <Through via={via} />, {state === 'waiting' ? 'kept until' : 'until'}{' '}
          <Time at={expires_at} isShort />
        </Text>
      </StackingCell>
      {hasAction && (
        <StackingCell of={column.action} isPlain>
          {mayWithdraw(me, waiting) && (
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
        </StackingCell>
      )}
    </StackingRow>
  );
}

function End({ end: { type, ref, missing }, catalogue }: { end: WaitingLink['left']; catalogue: Catalogue }) {
  const label = catalogue.get(type)?.label ?? type;
  return (
    <>
      <Text size="sm" className="long">
        {label}{' '}
        {missing ? (
          ref
        ) : (
          <Anchor component={Link} size="sm" to={path`/records/${type}/${ref}`}>
            {ref}
          </Anchor>
        )}
      </Text>
      <Text size="sm" {...(missing ? { fw: 600 } : { c: 'dimmed' })}>
        {missing ? 'not there yet' : 'is there'}
      </Text>
    </>
  );
}
