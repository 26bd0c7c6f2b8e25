import { CloseButton, Loader, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { longestSought } from '../../../api/records.ts';
import type { ShownRecord } from '../../../api/types.ts';
import type { Asked } from './asked.ts';

type Shown = {
  readonly asked: Asked;
  /** What has the key; undefined: that is not known yet. */
  readonly found: readonly ShownRecord[] | undefined;
  readonly open: (record: ShownRecord) => void;
};

/** The list shows what has the key that is typed here. Enter opens it where it is one record only, also when it comes before the answer. */
export function FindByKey({ asked, found, open }: Shown) {
  /** What is typed and not in the address yet; null: the address has it, and may have another one when somebody goes back. */
  const [typed, setTyped] = useState<string | null>(null);
  const [isGoing, setGoing] = useState(false);
  const follow = useDebouncedCallback(asked.lookFor, 250);
  const isThere = typed === asked.key || (asked.key === '' && typed?.trim() === '');
  if (isThere) setTyped(null);
  const text = typed ?? asked.key;
  const isLooking = text.trim() !== '' && (typed !== null || found === undefined);
  const type = (next: string): void => {
    setTyped(next);
    setGoing(false);
    follow(next);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is known
  useEffect(() => {
    if (!isGoing || isLooking) return;
    setGoing(false);
    const [only] = found ?? [];
    if (only !== undefined && found?.length === 1) open(only);
  }, [isGoing, isLooking]);
  return (
    <TextInput
      aria-label="Find by key"
      placeholder="Find by key, number or id"
      w={{ base: '100%', xs: 280 }}
      maxLength={longestSought}
      leftSection={isLooking ? <Loader size={14} aria-hidden /> : <Search size={16} aria-hidden />}
      rightSection={text !== '' && <CloseButton size="sm" aria-label="Clear the key" onClick={() => type('')} />}
      value={text}
      onChange={({ currentTarget }) => type(currentTarget.value)}
      onKeyDown={({ key }) => {
        if (key === 'Escape' && text !== '') type('');
        if (key === 'Enter') setGoing(true);
      }}
    />
  );
}
