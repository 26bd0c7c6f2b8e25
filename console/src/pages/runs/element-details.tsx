import { Alert, Code, Stack, Text } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { ApiProblem } from '../../api/client.ts';
import { interfaceQuery } from '../../api/interfaces.ts';
import { own } from '../../api/own.ts';
import { changesByRequestQuery } from '../../api/record-details.ts';
import { recordQuery } from '../../api/records.ts';
import { issuesOfElementQuery } from '../../api/runs.ts';
import type { ShownElement, ShownRun } from '../../api/types.ts';
import { useCatalogue } from '../../api/use-catalogue.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Told } from '../../components/told.tsx';
import { Value } from '../../components/value.tsx';
import { severityColors } from './issue-table.tsx';
import { type Known, whyOf } from './why-of-value.ts';

/** Value by value: what was sent, what is stored, and why. */
export function ElementDetails({ run, element }: { run: ShownRun; element: ShownElement }) {
  const { record } = element;
  const { data: on } = useSuspenseQuery(interfaceQuery(run.interface));
  const type = useCatalogue().get(on.type);
  const at = [record?.type ?? '', record?.id ?? ''] as const;
  const issues = useQuery(issuesOfElementQuery(run.id, element));
  const stored = useQuery({ ...recordQuery(...at), enabled: record !== null });
  const changes = useQuery({ ...changesByRequestQuery(...at, run.request_id), enabled: record !== null });
  const isGone = stored.error instanceof ApiProblem && stored.error.problem.status === 404;
  if (issues.isError) return <ProblemAlert fault={issues.error} title="Its issues cannot be shown" />;
  if (stored.isError && !isGone) return <ProblemAlert fault={stored.error} title="Its record cannot be shown" />;
  const known: Known = {
    element,
    fields: new Map(type?.fields.map((field) => [field.key, field])),
    issues: issues.data,
    stored: record === null || isGone ? null : stored.data?.fields,
    changes: record === null ? [] : changes.data,
  };
  const ofNone = (issues.data ?? []).filter(({ member }) => member === null);
  const isWaiting = known.issues === undefined || known.stored === undefined || known.changes === undefined;
  return (
    <Stack gap="xs" pl={{ base: 0, sm: 34 }} pb="sm">
      {ofNone.map(({ severity, message, remedy }) => (
        <Alert key={message} color={severityColors[severity]} variant="light" py={6}>
          <Text size="sm">
            <Told text={`${message} ${remedy}`} />
          </Text>
        </Alert>
      ))}
      {isGone && <Text size="sm">Its record was deleted since.</Text>}
      {element.row === null ? (
        <Code block className="long">
          {element.source ?? 'What was sent is not kept: it is too long, or came before.'}
        </Code>
      ) : (
        <StackingTable
          columns={columns}
          verticalSpacing={4}
          fz="sm"
          aria-label="Sent, stored, and why"
          aria-busy={isWaiting}
        >
          {Object.entries(element.row).map(([name, sent]) => (
            <OneValue key={name} name={name} sent={sent} known={known} isWaiting={isWaiting} />
          ))}
        </StackingTable>
      )}
    </Stack>
  );
}

const columns = ['Field', 'Sent', 'Stored now', 'Why'] as const;

type Shown = { readonly name: string; readonly sent: unknown; readonly known: Known; readonly isWaiting: boolean };

function OneValue({ name, sent, known, isWaiting }: Shown) {
  const why = isWaiting ? undefined : whyOf(name, sent, known);
  const stored = known.stored ? own(known.stored, name) : undefined;
  return (
    <StackingRow>
      <StackingCell of={columns[0]}>{known.fields.get(name)?.label ?? name}</StackingCell>
      <StackingCell of={columns[1]} w="25%" className="long">
        <Value value={sent} />
      </StackingCell>
      <StackingCell of={columns[2]} w="25%" className="long">
        {stored === undefined ? null : <Value value={stored} />}
      </StackingCell>
      <StackingCell of={columns[3]} w="35%">
        <Text size="sm" {...(why?.isWrong && { c: 'var(--mantine-color-error)' })}>
          {why?.said}
        </Text>
      </StackingCell>
    </StackingRow>
  );
}
