import { Anchor, Group, List, Text } from '@mantine/core';
import { Link } from 'react-router';
import { path } from '../api/client.ts';
import { may, mayConfigure } from '../api/rights.ts';
import { useMe } from '../api/session.ts';
import { useCatalogue } from '../api/use-catalogue.ts';

/** More links would be no help. */
const mostTypes = 12;

/** Why a key may find nothing, and where to look next. */
export function NothingFound({ text, close }: { text: string; close: () => void }) {
  const me = useMe();
  const types = [...useCatalogue().values()].filter(({ key }) => may(me, 'read', key));
  const listOf = (type: string): string =>
    `${path`/records/${type}`}?${new URLSearchParams({ 'filter[name][contains]': text })}`;
  return (
    <div role="status">
      <Text fw={600}>No record that you may read has this key, number or id.</Text>
      <List size="sm" mt="xs" spacing={6}>
        <List.Item>
          Keys are compared exactly: upper and lower case, spaces and zeros in front count, unless the schema says
          otherwise.
        </List.Item>
        <List.Item>
          Records that were deleted are not found.
          {mayConfigure(me) && (
            <>
              {' '}
              Who deleted one stands in the{' '}
              <Anchor component={Link} size="sm" underline="always" to="/audit" onClick={close}>
                audit
              </Anchor>
              .
            </>
          )}
        </List.Item>
        <List.Item>
          Is it a part of a name? Look for it among
          <Group gap={8} mt={4}>
            {types.slice(0, mostTypes).map(({ key, plural }) => (
              <Anchor key={key} component={Link} size="sm" underline="always" to={listOf(key)} onClick={close}>
                {plural}
              </Anchor>
            ))}
          </Group>
        </List.Item>
      </List>
    </div>
  );
}
