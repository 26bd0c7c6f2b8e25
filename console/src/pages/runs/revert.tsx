import { mayConfigure } from '../../api/rights.ts';
import { usePlanRevert, useRevert } from '../../api/runs.ts';
import { useMe } from '../../api/session.ts';
import type { ShownRun } from '../../api/types.ts';
import { RevertButton } from '../../components/revert-button.tsx';
import { count } from '../../components/words.ts';

const isRevertible = ({ state, reverts }: ShownRun): boolean =>
  (state === 'applied' || state === 'partial') && reverts === null;

export function Revert({ run }: { run: ShownRun }) {
  const plan = usePlanRevert(run.id);
  const revert = useRevert(run.id);
  const me = useMe();
  if (!isRevertible(run) || !mayConfigure(me)) return null;
  return <RevertButton what={`run ${count(run.number)}`} plan={plan} revert={revert} />;
}
