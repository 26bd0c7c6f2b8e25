import type { Grants } from '../../api/types.ts';

/** `every type: read`, one for each type. */
const inWords = (grants: Grants): string[] =>
  Object.entries(grants).map(([type, actions]) => `${type === '*' ? 'every type' : type}: ${actions.join(', ')}`);

/** What is granted, a line for each type. */
export const GrantsInWords = ({ grants }: { grants: Grants }) =>
  inWords(grants).map((words) => <div key={words}>{words}</div>);

/** The same within a sentence. */
export const grantsInText = (grants: Grants): string => inWords(grants).join('; ') || 'nothing';
