/** Grants as the command line writes them: `contact=read,edit`, `*=read`, `claim=attach:contact`. */
import type { GrantAction, Grants } from '../model/principal.ts';
import { CommandFailure, exitCodes } from './failure.ts';

const plainActions = ['read', 'create', 'edit', 'delete'];

const isAction = (text: string): text is GrantAction => plainActions.includes(text) || /^attach:(\*|\w+)$/.test(text);

/** Throws CommandFailure that names every flaw. */
export function parseGrants(texts: readonly string[]): Grants {
  const grants: Record<string, GrantAction[]> = {};
  const flaws: string[] = [];
  for (const text of texts) {
    const [type = '', list] = text.split('=', 2);
    if (!/^(\*|\w+)$/.test(type) || list === undefined) {
      flaws.push(`--grant ${text}: must be TYPE=ACTION,… as contact=read,edit`);
      continue;
    }
    for (const action of list.split(',')) {
      if (isAction(action)) grants[type] = [...(grants[type] ?? []), action];
      else flaws.push(`--grant ${text}: ${action} is no action; there are ${plainActions.join(', ')} and attach:TYPE`);
    }
  }
  if (flaws.length > 0) throw new CommandFailure(flaws, exitCodes.usage);
  return grants;
}

export function formatGrants(grants: Grants): string {
  return Object.entries(grants)
    .map(([type, actions]) => `${type}=${actions.join(',')}`)
    .join(' ');
}
