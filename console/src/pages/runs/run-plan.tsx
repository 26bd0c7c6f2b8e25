import { useSuspenseQuery } from '@tanstack/react-query';
import { planOfRunQuery } from '../../api/runs.ts';
import type { ShownRun } from '../../api/types.ts';
import { PlanView } from '../../components/plan-view.tsx';

/** Of a run that was only planned: what it would do. */
export function RunPlan({ run }: { run: ShownRun }) {
  const { data: plan } = useSuspenseQuery(planOfRunQuery(run));
  return <PlanView plan={plan} />;
}
