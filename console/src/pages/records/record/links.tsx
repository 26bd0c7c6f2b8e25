import { Anchor, Badge, Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Plus } from 'lucide-react';
import { Link } from 'react-router';
import type { LinkEnd, RecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { type SeenLink, useChangeRole, useUnlink } from '../../../api/links.ts';
import { may, mayLink } from '../../../api/rights.ts';
import { useMe } from '../../../api/session.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { useCatalogue } from '../../../api/use-catalogue.ts';
import { Confirm } from '../../../components/confirm.tsx';
import { More } from '../../../components/more.tsx';
import { OwnerBadge } from '../../../components/owner-badge.tsx';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { Select } from '../../../components/select.tsx';
import { AddLink } from './add-link.tsx';
import { nameOf } from './neighbours.ts';
import { WhyButton } from './why.tsx';

type Names = ReadonlyMap<string, string>;
type Paged = Parameters<typeof More>[0]['query'];

/** The links of a record by link type, with what may be done to them. A lookup is changed where the record is edited. */
export function Links({
  type,
  record,
  links,
  names,
  query,
}: {
  type: RecordType;
  record: ShownRecord;
  links: readonly SeenLink[];
  names: Names;
  query: Paged;
}) {
  const me = useMe();
  const [isOpen, { open, close }] = useDisclosure();
  const writable = type.links.filter(
    (end) => !end.isLookup && mayLink(me, end) && (end.owner === 'internal' || may(me, 'force', end.left)),
  );
  const groups = type.links.filter((end) => links.some((one) => isOf(one, end)));
  return (
    <Card withBorder component="section" aria-labelledby="links">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="links">
          Links
        </Title>
        {writable.length > 0 && (
          <Button variant="default" size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={open}>
            Add link
          </Button>
        )}
      </Group>
      {groups.length === 0 && (
        <Text size="sm" c="dimmed">
          {type.links.length === 0
            ? 'The schema has no link type for this type element.'
            : `It is linked with nothing yet. It may be linked as ${type.links.map(({ label }) => label).join(', ')}.`}
        </Text>
      )}
      <Stack>
        {groups.map((end) => (
          <LinksOfType
            key={`${end.key} ${end.side}`}
            end={end}
            links={links.filter((one) => isOf(one, end))}
            isWritable={writable.includes(end)}
            {...{ record, names }}
          />
        ))}
      </Stack>
      <More query={query} />
      <AddLink ends={writable} record={record} isOpen={isOpen} close={close} />
    </Card>
  );
}

const isOf = (one: SeenLink, end: LinkEnd): boolean => one.end.key === end.key && one.end.side === end.side;

function LinksOfType({
  end,
  links,
  isWritable,
  record,
  names,
}: {
  end: LinkEnd;
  links: readonly SeenLink[];
  isWritable: boolean;
  record: ShownRecord;
  names: Names;
}) {
  return (
    <div>
      <Group gap="xs">
        <Title order={3} size="h6">
          {end.label}
        </Title>
        <OwnerBadge owner={end.owner} />
      </Group>
      <Table verticalSpacing={4} aria-label={end.label}>
        <Table.Tbody>
          {links.map((seen) => (
            <LinkRow key={seen.link.id} {...{ seen, isWritable, record, names }} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function LinkRow({
  seen,
  isWritable,
  record,
  names,
}: {
  seen: SeenLink;
  isWritable: boolean;
  record: ShownRecord;
  names: Names;
}) {
  const { link, end, other } = seen;
  const changeRole = useChangeRole(record);
  const unlink = useUnlink(record);
  const label = useCatalogue().get(other.type)?.label ?? other.type;
  const name = nameOf(other, names);
  const pair = { end, other: other.id };
  const isForced = end.owner !== 'internal';
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6}>
          <Anchor component={Link} size="sm" to={path`/records/${other.type}/${other.id}`}>
            {name}
          </Anchor>
          <Text size="xs" c="dimmed">
            {label} #{other.number}
          </Text>
        </Group>
        {changeRole.isError && <ProblemAlert fault={changeRole.error} title="The link was not changed" />}
      </Table.Td>
      <Table.Td w={200}>
        {isWritable && !isForced && end.roles.length > 0 ? (
          <Select
            size="xs"
            aria-label={`Role of ${name}`}
            data={[...end.roles]}
            value={link.role}
            placeholder="no role"
            clearable
            onChange={(after) => changeRole.mutate({ ...pair, before: link.role, after })}
          />
        ) : (
          link.role !== null && <Badge variant="light">{link.role}</Badge>
        )}
      </Table.Td>
      <Table.Td w={120}>
        <Group gap={4} wrap="nowrap" justify="end">
          <WhyButton name={end.name} label={`${end.label}: ${name}`} link={link.number} />
          {isWritable && (
            <Confirm
              label="Remove"
              name={`Remove the link with ${name}`}
              title={`Remove the link with ${name}?`}
              write={unlink}
              act={(options) => unlink.mutate({ ...pair, role: link.role }, options)}
            >
              <Text size="sm">
                Both records stay, and their history tells of the link.
                {isForced && ' An external application owns it: its next set may make it again.'}
              </Text>
            </Confirm>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
