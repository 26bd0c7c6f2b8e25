/** `--plan`: what a set or an import would do, in the manner of Terraform: `+` made, `~` changed, `-` deleted, `!` held or rejected. */
import { styleText } from 'node:util';
import { exitCodes } from '../failure.ts';
import { oneLine, print } from '../output.ts';
import { type Api, ask } from './api.ts';
import type { Input } from './input.ts';
import { Progress, withSeparators } from './progress.ts';

export type PlanOptions = { readonly plan?: boolean; readonly planId?: string; readonly json?: boolean };

type Named = { readonly key: string | null; readonly number: number | null };
type LinkState = { readonly role: string | null } | null;
type Item = {
  readonly action: string;
  readonly type: string;
  readonly key: string | null;
  readonly record: Named | null;
  readonly fields: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
  readonly link: {
    readonly link: string;
    readonly left: Named;
    readonly right: Named;
    readonly before: LinkState;
    readonly after: LinkState;
  } | null;
  readonly forced: readonly string[];
  readonly issues: readonly { readonly member: string | null; readonly message: string }[];
};
export type Plan = {
  readonly plan_id: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly actions: Readonly<Record<string, number>>;
  readonly items: readonly Item[];
  readonly items_total: number;
  readonly items_url: string;
  readonly expires_at: string;
};

/** @returns 2 when there is something to do, 0 when there is nothing. */
export async function planRemotely(
  api: Api,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  input: Input,
  options: PlanOptions,
): Promise<number> {
  const progress = new Progress(input.bytes);
  const stream = input.open((count) => progress.addBytes(count));
  try {
    const body = { media: input.media, stream };
    const plan = await ask<Plan>(api, { method: 'POST', path, query: { ...query, plan: 'true' }, body });
    progress.end();
    return showPlan(plan, options);
  } finally {
    progress.end();
    stream.destroy();
  }
}

/** @param rejected what is said of what would not be done. @returns 2 when there is something to do, 0 when there is nothing. */
export function showPlan(plan: Plan, { json }: PlanOptions, rejected = 'rejected'): number {
  print(json ? JSON.stringify(plan, null, 2) : textOf(plan, rejected));
  const { reject = 0 } = plan.actions;
  return plan.items_total > reject ? exitCodes.changes : 0;
}

const signs: Readonly<Record<string, readonly ['+' | '~' | '-' | '!', 'green' | 'yellow' | 'red']>> = {
  create: ['+', 'green'],
  revive: ['+', 'green'],
  link: ['+', 'green'],
  defer: ['+', 'green'],
  update: ['~', 'yellow'],
  relink: ['~', 'yellow'],
  delete: ['-', 'red'],
  unlink: ['-', 'red'],
  withdraw: ['-', 'red'],
  release: ['-', 'red'],
  rejoin: ['+', 'green'],
  hold: ['!', 'red'],
  reject: ['!', 'red'],
};

function textOf(plan: Plan, rejected: string): string {
  const lines = plan.items.flatMap((item) => linesOf(item, rejected));
  const more = plan.items_total - plan.items.length;
  if (more > 0) lines.push(`… and ${withSeparators(more)} more: ${plan.items_url}`);
  if (lines.length > 0) lines.push('', `Plan ${plan.plan_id}, good until ${plan.expires_at}: --plan-id applies it.`);
  const count = (...actions: string[]): string =>
    withSeparators(actions.reduce((sum, action) => sum + (plan.actions[action] ?? 0), 0));
  const links = ['link', 'relink', 'unlink', 'defer', 'withdraw'];
  if (count(...links) !== '0')
    lines.push(
      `${count('link', 'defer')} to link, ${count('relink')} to change links, ${count('unlink', 'withdraw')} to unlink.`,
    );
  if (count('release') !== '0') lines.push(`${count('release')} to let go of: not in the set, and they stay.`);
  if (count('rejoin') !== '0') lines.push(`${count('rejoin')} to give back to the interface.`);
  if (count('reject') !== '0') lines.push(`${count('reject')} ${rejected}.`);
  const revived = count('revive') === '0' ? '' : `${count('revive')} to revive, `;
  lines.push(
    `${count('create')} to create, ${revived}${count('update')} to update, ${count('delete')} to delete, ${count('hold')} held.`,
  );
  return lines.join('\n');
}

function linesOf({ action, type, key, record, fields, link, forced, issues }: Item, rejected: string): string[] {
  const isRemoval = action === 'defer' && link !== null && link.after === null;
  const [sign, colour] = signs[isRemoval ? 'unlink' : action] ?? ['~', 'yellow'];
  const say = (line: string): string => styleText(colour, oneLine(line)); // plain where standard output is no terminal
  const isForced = link !== null && forced.length > 0;
  const notes: Readonly<Record<string, string>> = {
    hold: 'hold',
    revive: 'revive',
    release: 'stays',
    rejoin: 'given back',
    reject: rejected,
  };
  const noted = notes[action] ?? (isForced ? 'forced' : undefined);
  const note = noted === undefined ? '' : ` (${noted})`;
  const head =
    link === null
      ? `${type} ${key ?? record?.number ?? ''}`
      : `${link.link}: ${nameOf(link.left)} - ${nameOf(link.right)}${roleOf(link.before, link.after)}`;
  const isGone = action === 'delete';
  return [
    say(`${sign} ${head}${note}`),
    ...(isGone
      ? []
      : fields.map(({ field, before, after }) => {
          const given = forced.includes(field) ? ' (forced)' : '';
          return say(`    ${field}: ${shown(before)} -> ${shown(after)}${given}`);
        })),
    ...issues.map(({ member, message }) => oneLine(`    ${member === null ? '' : `${member}: `}${message}`)),
  ];
}

const nameOf = ({ key, number }: Named): string => key ?? String(number);

function roleOf(before: LinkState, after: LinkState): string {
  const [was, is] = [before?.role ?? null, after?.role ?? null];
  if (was === null && is === null) return '';
  if (before === null || after === null) return ` as ${is ?? was}`;
  return `: ${shown(was)} -> ${shown(is)}`;
}

const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'number' in value ? nameOf(value as Named) : JSON.stringify(value);
