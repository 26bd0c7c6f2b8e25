import type { Grants } from '../../api/types.ts';

/** What is granted, a line for each type. */
export const GrantsInWords = ({ grants }: { grants: Grants }) =>
  Object.entries(grants).map(([type, actions]) => (
    <div key={type}>
      {type === '*' ? 'every type' : type}: {actions.join(', ')}
    </div>
  ));
