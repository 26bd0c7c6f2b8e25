import { Button } from '@mantine/core';
import type { RecordType } from '../../../api/catalogue.ts';
import { mayMake } from '../../../api/rights.ts';
import { useMe } from '../../../api/session.ts';
import type { Me } from '../../../api/types.ts';
import { Empty } from '../../../components/empty.tsx';
import type { Asked } from './asked.ts';

/** Why the list is empty, and what to do. @param isFound there is a record with the key that is looked for, which the filters leave out. */
export function Nothing({ type, asked, isFound }: { type: RecordType; asked: Asked; isFound: boolean }) {
  const me = useMe();
  if (asked.key !== '' && !isFound)
    return (
      <Empty
        title={`No ${type.label} has this key, number or id.`}
        action={
          <Button variant="default" onClick={asked.lookForInNames}>
            Look for it in names
          </Button>
        }
      >
        Keys are compared exactly, unless the schema says otherwise: upper and lower case, spaces and zeros in front
        count. What was deleted is not found.
      </Empty>
    );
  if (asked.filters.length > 0)
    return (
      <Empty
        title={isFound ? 'It is there, and does not pass the filters' : 'No record passes these filters'}
        action={
          <Button variant="default" onClick={asked.clearFilters}>
            Clear the filters
          </Button>
        }
      >
        Text is compared exactly: with “contains” a part of it is enough.
      </Empty>
    );
  return <Empty title={`No ${type.plural.toLowerCase()} yet`}>{howTheyAreMade(me, type)}</Empty>;
}

function howTheyAreMade(me: Me, type: RecordType): string {
  if (type.owner !== 'internal')
    return 'They are made by the external application that owns them: send a complete set to its interface.';
  return mayMake(me, type)
    ? 'Make one here, import a file, or write them through any of the APIs, by your own keys.'
    : 'Whoever has the grant to create them makes them here, by a file, or through any of the APIs.';
}
