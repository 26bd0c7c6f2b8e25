/** Grants as the command line writes them: `contact=read,edit`, `*=read`, `claim=attach:contact`. */
import type { Catalogue } from '../model/catalogue.ts';
import type { GrantAction, Grants } from '../model/principal.ts';
import { CommandFailure, exitCodes } from './failure.ts';

const plainActions = ['read', 'create', 'edit', 'delete', 'force'];

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

/** A misspelt record type would make a key that can do nothing, and nobody would notice. */
export function requireKnownTypes(catalogue: Catalogue, grants: Grants): void {
  const flaws = Object.entries(grants).flatMap(([type, actions]) => {
    const named = [
      type,
      ...actions.flatMap((action) => (action.startsWith('attach:') ? [action.slice('attach:'.length)] : [])),
    ];
    return named
      .filter((name) => name !== '*' && !catalogue.types.has(name))
      .map((name) => `--grant ${type}: there is no record type ${name}`);
  });
  if (flaws.length > 0) throw new CommandFailure(flaws);
}
