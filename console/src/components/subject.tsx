import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { type Catalogue, labelOfLink } from '../api/catalogue.ts';
import { path } from '../api/client.ts';
import type { FeedItem } from '../api/types.ts';
import { shortName } from './words.ts';

type Shown = {
  readonly item: Pick<FeedItem, 'record' | 'link' | 'type'>;
  readonly catalogue: Catalogue;
  readonly names: ReadonlyMap<string, string>;
};

/** What a change is of, by name: a record, or a link with the records at both of its ends. */
export function Subject({ item: { record, link, type }, catalogue, names }: Shown) {
  const to = ({ type: key, id, number }: NonNullable<FeedItem['record']>) => (
    <Anchor component={Link} size="sm" to={path`/records/${key}/${id}`}>
      {catalogue.get(key)?.label ?? key} {shortName(names.get(id) ?? `#${number}`)}
    </Anchor>
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
