import { Combobox, Loader, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { RecordType } from '../api/catalogue.ts';
import { foundQuery, titleOf } from '../api/records.ts';
import type { ShownRecord } from '../api/types.ts';

/** A record, sought by any of its keys. */
export function FindRecord({
  type,
  label,
  onFound,
  onAbsent,
  error,
  description,
  isFirst = false,
}: {
  type: RecordType;
  label: string;
  onFound: (record: ShownRecord) => void;
  /** What is offered where nothing is found, and what it does with the text. */
  onAbsent?: { readonly offer: string; readonly act: (text: string) => void };
  error?: ReactNode;
  description?: ReactNode;
  /** A dialog that opens with it begins here. */
  isFirst?: boolean;
}) {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, 250);
  const { data: found, isFetching, isError } = useQuery(foundQuery(type, asked));
  const combobox = useCombobox();
  const choose = (record: ShownRecord): void => {
    setText(titleOf(type, record));
    combobox.closeDropdown();
    onFound(record);
  };
  const isSettled = found !== undefined && !isFetching && asked === text;
  const only = isSettled && found.length === 1 ? found[0] : undefined;
  /** Enter came before the answer: it is for the one that will be found. */
  const [isTaken, setTaken] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once there is an answer
  useEffect(() => {
    if (!isTaken || !isSettled) return;
    setTaken(false);
    if (only !== undefined) choose(only);
  }, [isTaken, isSettled]);
  return (
    <Combobox
      store={combobox}
      keepMounted={false} // its list has the label of the field, which is to lead to the field alone
      onOptionSubmit={(id) => {
        const record = found?.find((one) => one.id === id);
        if (record) choose(record);
        if (id !== absent || onAbsent === undefined) return;
        combobox.closeDropdown();
        onAbsent.act(asked.trim());
      }}
    >
      <Combobox.Target>
        <TextInput
          label={label}
          description={description}
          error={error}
          {...(isFirst && { 'data-autofocus': true })}
          placeholder="Key, number or id"
          leftSection={<Search size={16} aria-hidden />}
          rightSection={isFetching ? <Loader size="xs" aria-hidden /> : null}
          value={text}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            setTaken(false);
            combobox.openDropdown();
            combobox.resetSelectedOption();
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || combobox.getSelectedOptionIndex() >= 0) return;
            event.preventDefault();
            setTaken(text.trim() !== '');
          }}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={asked.trim() === '' || !(isSettled || isError)}>
        <Combobox.Options aria-label={label}>
          {found?.map((record) => (
            <Combobox.Option value={record.id} key={record.id}>
              <Text size="sm">{titleOf(type, record)}</Text>
              <Text size="xs" c="dimmed">
                {keysInWords(type, record)}
              </Text>
            </Combobox.Option>
          ))}
          {found?.length === 0 && <Combobox.Empty>No {type.label} has this key, number or id.</Combobox.Empty>}
          {found?.length === 0 && onAbsent && <Combobox.Option value={absent}>{onAbsent.offer}</Combobox.Option>}
          {isError && <Combobox.Empty>The server did not answer.</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

/** Of no record: ids are GUIDs. */
const absent = 'absent';

const keysInWords = (type: RecordType, { number, fields }: ShownRecord): string =>
  [
    `#${number}`,
    ...type.fields.flatMap(({ key, label, unique }) => (unique && fields[key] ? [`${label} ${fields[key]}`] : [])),
  ].join(' · ');
