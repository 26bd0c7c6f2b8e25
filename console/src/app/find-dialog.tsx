import { Badge, Combobox, Group, Loader, Modal, Stack, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Catalogue } from '../api/catalogue.ts';
import { path } from '../api/client.ts';
import { findQuery, longestSought, titleOf } from '../api/records.ts';
import type { FoundRecords } from '../api/types.ts';
import { useCatalogue } from '../api/use-catalogue.ts';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { NothingFound } from './nothing-found.tsx';

type Hit = FoundRecords['items'][number];

/** Any record by any of its keys, of whatever type it is. */
export const FindDialog = ({ isOpen, close }: { isOpen: boolean; close: () => void }) => (
  <Modal opened={isOpen} onClose={close} size="lg" title="Find a record">
    <Finder close={close} />
  </Modal>
);

function Finder({ close }: { close: () => void }) {
  const catalogue = useCatalogue();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, 200);
  /** Enter came before the answer: it is for the one that will be found. */
  const [isGoing, setGoing] = useState(false);
  const { data: hits, isFetching, error } = useQuery(findQuery(asked));
  const combobox = useCombobox({ opened: true });
  const isSettled = asked === text && hits !== undefined && !isFetching;
  const shown = text.trim() !== '' && isSettled ? hits : [];
  const go = ({ record: { type, id } }: Hit): void => {
    close();
    void navigate(path`/records/${type}/${id}`);
  };
  const [first] = shown;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever something else was found
  useEffect(() => {
    if (first === undefined) return;
    combobox.selectFirstOption();
    if (isGoing && shown.length === 1) go(first);
  }, [first]);
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(id) => {
        const hit = shown.find(({ record }) => record.id === id);
        if (hit !== undefined) go(hit);
      }}
    >
      <Stack gap="sm">
        <Combobox.EventsTarget>
          <TextInput
            aria-label="Key, number or id"
            placeholder="Key, number or id"
            data-autofocus
            size="md"
            maxLength={longestSought}
            leftSection={<Search size={18} aria-hidden />}
            rightSection={isFetching ? <Loader size="xs" aria-hidden /> : null}
            value={text}
            onChange={({ currentTarget }) => {
              setText(currentTarget.value);
              setGoing(false);
            }}
            onKeyDown={({ key }) => {
              if (key === 'Escape') close();
              if (key === 'Enter' && !isSettled) setGoing(true);
            }}
          />
        </Combobox.EventsTarget>
        {shown.length > 0 && (
          <Combobox.Options aria-label="Records found">
            {shown.map((hit) => (
              <Combobox.Option value={hit.record.id} key={hit.record.id}>
                <Found hit={hit} catalogue={catalogue} />
              </Combobox.Option>
            ))}
          </Combobox.Options>
        )}
        {error !== null && <ProblemAlert fault={error} title="Nothing could be looked for" />}
        {text.trim() === '' && (
          <Text size="sm" c="dimmed">
            A key that a record has or had, as any system sent it; its number, or its id. Every type that you may read
            is looked into.
          </Text>
        )}
        {text.trim() !== '' && isSettled && shown.length === 0 && <NothingFound text={asked.trim()} close={close} />}
      </Stack>
    </Combobox>
  );
}

function Found({ hit: { record, field, former }, catalogue }: { hit: Hit; catalogue: Catalogue }) {
  const type = catalogue.get(record.type);
  const label = type?.fields.find(({ key }) => key === field)?.label;
  return (
    <Group justify="space-between" wrap="nowrap">
      <div style={{ minWidth: 0 }}>
        <Text size="sm" truncate>
          {titleOf(type, record)}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          #{record.number}
          {label !== undefined && ` · by its ${former ? 'former ' : ''}${label.toLowerCase()}`}
        </Text>
      </div>
      <Badge variant="light" color="gray">
        {type?.label ?? record.type}
      </Badge>
    </Group>
  );
}
