import { useSuspenseQuery } from '@tanstack/react-query';
import { interfaceQuery } from '../../api/interfaces.ts';
import { mayCall } from '../../api/rights.ts';
import { useMe } from '../../api/session.ts';
import type { ShownRun } from '../../api/types.ts';

/** Whether what a run rejected may be applied again by whoever looks at it. */
export function useMayReplay(run: ShownRun): boolean {
  const { data: on } = useSuspenseQuery(interfaceQuery(run.interface));
  return mayCall(useMe(), on);
}
