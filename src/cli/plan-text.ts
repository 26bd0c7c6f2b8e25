/** A schema plan in the manner of Terraform: `+` added, `~` changed, `-` removed, and a summary. */
import { styleText } from 'node:util';
import type { SchemaChange } from '../engine/schema/plan.ts';

const signs = { add: '+', change: '~', remove: '-' } as const;
const colours = { add: 'green', change: 'yellow', remove: 'red' } as const;

export function formatPlan(changes: readonly SchemaChange[]): string {
  if (changes.length === 0) return 'No changes: the schema is as the file says.';
  const lines = changes.map((change) => {
    const line = `${signs[change.action]} ${change.path}${valuesOf(change)}`;
    const loss = change.loss === null ? '' : `  # ${change.loss}`;
    return styleText(colours[change.action], `${line}${loss}`); // plain where standard output is no terminal
  });
  const count = (action: SchemaChange['action']): number => changes.filter((change) => change.action === action).length;
  return `${lines.join('\n')}\n\n${count('add')} to add, ${count('change')} to change, ${count('remove')} to remove.`;
}

export const losses = (changes: readonly SchemaChange[]): string[] =>
  changes.flatMap(({ path, loss }) => (loss === null ? [] : [`${path}: ${loss}`]));

function valuesOf({ action, before, after }: SchemaChange): string {
  switch (action) {
    case 'add':
      return `: ${JSON.stringify(after)}`;
    case 'change':
      return `: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`;
    case 'remove':
      return '';
  }
}
