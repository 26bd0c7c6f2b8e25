/** How long things are kept: the settings of a workspace, with what holds where it says nothing. */
import { type Duration, parseDuration } from './duration.ts';

export type Age = Duration | 'forever';

/** `least`: a shorter age is refused, as something else relies on what would be gone. */
type Rule = { readonly unsaid: Age; readonly least: Duration; readonly of: string };

export const retentionRules = {
  changes: { unsaid: 'forever', least: '30d', of: 'changes: history, `why`, the feed, and the reverting of runs' },
  tombstones: { unsaid: 'forever', least: '30d', of: 'deleted records, once their last change is gone too' },
  runs: { unsaid: 'forever', least: '30d', of: 'runs and imports; the newest run of an interface stays' },
  issues: { unsaid: '400d', least: '1d', of: 'issues of runs' },
  inputs: { unsaid: '90d', least: '1d', of: 'rejected rows of imports, and kept elements of runs' },
  refusals: { unsaid: '400d', least: '1d', of: 'who was refused a field, by single writes' },
  deliveries: { unsaid: '7d', least: '1h', of: 'what became of deliveries to webhooks' },
  access: {
    unsaid: 'forever',
    least: '365d',
    of: 'who made, changed and removed users, keys, grants, interfaces, webhooks and the schema',
  },
  pending_links: { unsaid: '7d', least: '1h', of: 'links that waited in vain, from their expiry on' },
  answers: {
    unsaid: '1d',
    least: '1d',
    of: 'answers to requests with an Idempotency-Key, and to those that are fetched later',
  },
} as const satisfies Record<string, Rule>;

export type Kept = keyof typeof retentionRules;
export const keptThings = Object.keys(retentionRules) as readonly Kept[];

export type RetentionDocument = { [Thing in Kept]?: Age };

/** In milliseconds; null for ever, undefined when it is no age. */
export const parseAge = (age: unknown): number | null | undefined => (age === 'forever' ? null : parseDuration(age));

export const ageOf = (document: RetentionDocument | undefined, thing: Kept): Age =>
  document?.[thing] ?? retentionRules[thing].unsaid;

/** What is older than this goes; null: nothing does. The document was validated before. */
export function cutoffOf(document: RetentionDocument | undefined, thing: Kept, now: Date): Date | null {
  const ms = parseAge(ageOf(document, thing));
  return typeof ms === 'number' ? new Date(now.getTime() - ms) : null;
}

/** What a cleaning took away, or would. Plans and held deletes say themselves when they end. */
export const cleanedThings = [...keptThings, 'plans', 'held_deletes'] as const;
export type CleanedThing = (typeof cleanedThings)[number];
export type CleanCounts = Readonly<Record<CleanedThing, number>>;
