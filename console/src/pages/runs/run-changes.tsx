import { Stack } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { auditQuery } from '../../api/audit.ts';
import type { ShownRun } from '../../api/types.ts';
import { Changes } from '../../components/changes.tsx';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { Select } from '../../components/select.tsx';

const kinds = ['created', 'updated', 'revived', 'deleted', 'linked', 'relinked', 'unlinked'];

/** Every record and link that the run changed, with old and new values: also those whose elements are not kept, and what it deleted. */
export function RunChanges({ run, kind }: { run: ShownRun; kind: string | null }) {
  const [, setParameters] = useSearchParams();
  const query = useSuspenseInfiniteQuery(auditQuery({ run: String(run.number), ...(kind !== null && { kind }) }));
  const items = query.data.pages.flatMap((page) => page.items);
  return (
    <Stack>
      <Select
        label="Change"
        placeholder="all"
        clearable
        maw={240}
        data={kinds}
        value={kind}
        onChange={(chosen) =>
          setParameters({ tab: 'changes', ...(chosen !== null && { kind: chosen }) }, { replace: true })
        }
      />
      {items.length === 0 && !query.hasNextPage ? (
        <Empty title={kind === null ? 'Nothing was changed' : `Nothing was ${kind}`}>
          What a run changes is listed here, with old and new values, for as long as changes are kept.
        </Empty>
      ) : (
        <Changes items={items} />
      )}
      <More query={query} />
    </Stack>
  );
}
