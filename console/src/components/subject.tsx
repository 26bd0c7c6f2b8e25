import { Text } from '@mantine/core';
import { type Catalogue, labelOfLink } from '../api/catalogue.ts';
import type { FeedItem } from '../api/types.ts';
import { ToRecord } from './to-record.tsx';
import { shortName } from './words.ts';

type Shown = {
  readonly item: Pick<FeedItem, 'record' | 'link' | 'type'>;
  readonly catalogue: Catalogue;
  readonly names: ReadonlyMap<string, string>;
};

/** What a change is of, by name: a record, or a link with the records at both of its ends. */
export function Subject({ item: { record, link, type }, catalogue, names }: Shown) {
  const to = ({ type: key, id, number }: NonNullable<FeedItem['record']>) => (
    <ToRecord type={key} id={id} size="sm">
      {catalogue.get(key)?.label ?? key} {shortName(names.get(id) ?? `#${number}`)}
    </ToRecord>
  );
  if (record !== null) return to(record);
  if (link === null) return type;
  return (
    <>
      <Text size="sm">{labelOfLink(catalogue, link)}</Text>
      {to(link.left)} – {to(link.right)}
    </>
  );
}
