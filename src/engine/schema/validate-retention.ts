/** How long a workspace keeps things: ages that are none, or too short for what relies on them. */
import { parseDuration } from '../../model/duration.ts';
import { ageOf, keptThings, parseAge, type RetentionDocument, retentionRules } from '../../model/retention.ts';
import { checkMembers, members, type Report } from './document-parts.ts';

export function checkRetention(report: Report, retention: RetentionDocument | undefined): void {
  if (retention === undefined || !checkMembers(report, 'retention', retention, members.retention)) return;
  for (const thing of keptThings) {
    const age = retention[thing];
    if (age === undefined) continue;
    const ms = parseAge(age);
    const { least } = retentionRules[thing];
    const isTooShort = typeof ms === 'number' && ms < (parseDuration(least) ?? 0);
    if (ms === undefined || isTooShort)
      report(`retention.${thing}`, `An age is a time as 400d or 36h, of ${least} at the least, or forever.`);
  }
  const [changes, tombstones] = [parseAge(ageOf(retention, 'changes')), parseAge(ageOf(retention, 'tombstones'))];
  if (typeof tombstones === 'number' && (typeof changes !== 'number' || changes > tombstones))
    report(
      'retention.tombstones',
      'A tombstone is kept as long as its changes are: say the same for changes, or less.',
    );
}
