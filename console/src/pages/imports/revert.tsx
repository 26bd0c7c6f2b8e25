import type { ButtonProps } from '@mantine/core';
import { usePlanImportRevert, useRevertImport } from '../../api/imports.ts';
import { mayConfigure } from '../../api/rights.ts';
import { useMe } from '../../api/session.ts';
import type { ShownImport } from '../../api/types.ts';
import { RevertButton } from '../../components/revert-button.tsx';
import { count } from '../../components/words.ts';

/** One that is at work could be taken back as well, which is none of what one looks for here. */
const isRevertible = ({ state, reverts }: ShownImport): boolean =>
  (state === 'done' || state === 'cut_short') && reverts === null;

/** Offered where there is something to take back, to those who may. @param button where there are several, each with its name. */
export function RevertImport({ shown, name, button }: { shown: ShownImport; name?: string; button?: ButtonProps }) {
  const plan = usePlanImportRevert(shown.id);
  const revert = useRevertImport(shown.id);
  const me = useMe();
  if (!isRevertible(shown) || !mayConfigure(me)) return null;
  return (
    <RevertButton
      what={`import ${count(shown.number)}`}
      plan={plan}
      revert={revert}
      {...(name !== undefined && { name })}
      {...(button !== undefined && { button })}
    />
  );
}
