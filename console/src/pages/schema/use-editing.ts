import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApplyBody, usePlanBody } from '../../api/schema.ts';
import type { SchemaBody } from '../../api/schema-body.ts';
import type { Draft } from './editing/draft.ts';
import { withoutThose } from './editing/form/said-at.ts';

/** What was begun stays while other pages are looked at, and ends with the session. */
const draftKey = ['schema', 'draft'] as const;

/** The one draft of the schema, however it is edited, and what was said of it. */
export function useEditing() {
  const queries = useQueryClient();
  // Not as a query's own data: inputs would be told of what was typed in them too late, and lose the place of the cursor.
  const [draft, setDraft] = useState<Draft | null>(() => queries.getQueryData<Draft | null>(draftKey) ?? null);
  const plan = usePlanBody();
  const apply = useApplyBody();
  const [fault, setFault] = useState<unknown>(null);
  const [isPlanFault, setPlanFault] = useState(false);
  const forget = (): void => {
    plan.reset();
    apply.reset();
  };
  return {
    draft,
    /** What is refused of the draft: as far as it was not changed since. */
    fault,
    /** As it came. */
    refusal: plan.error ?? apply.error,
    changes: plan.data?.changes,
    isPlanFault,
    isPlanning: plan.isPending,
    isApplying: apply.isPending,
    /** @param of the part that was changed, and its members that were; left out: all of it may be another. */
    edit(to: Draft | null, of?: string, members?: readonly string[]): void {
      setDraft(to);
      queries.setQueryDefaults(draftKey, { gcTime: Number.POSITIVE_INFINITY });
      queries.setQueryData(draftKey, to);
      forget();
      setFault(of === undefined ? null : withoutThose(fault, of, members));
    },
    plan(body: SchemaBody): void {
      apply.reset();
      setFault(null);
      setPlanFault(true);
      plan.mutate(body, { onError: setFault });
    },
    apply(body: SchemaBody & { readonly allowLoss: boolean }, onApplied: (version: number) => void): void {
      setFault(null);
      setPlanFault(false);
      apply.mutate(body, { onError: setFault, onSuccess: ({ version }) => onApplied(version) });
    },
  };
}

export type Editing = ReturnType<typeof useEditing>;
