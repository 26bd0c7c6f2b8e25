/** What an issue shows of itself. */
import type { Catalogue } from '../../../model/catalogue.ts';
import { guidOf } from '../../../model/ids.ts';
import type { RecordPointer } from '../../../model/record.ts';
import type { HeldResult, IssueCode, IssueView } from '../../../model/runs.ts';
import type { PlacedIssue } from '../../../store/sync/issues.ts';
import { pointerTo } from '../../views.ts';

/** @param type of the records of its interface. @param held what became of what its run held. */
export function issueView(
  catalogue: Catalogue,
  type: string,
  issue: PlacedIssue & { readonly resolved_by?: number | null },
  held: HeldResult | null = null,
): IssueView {
  const resolved = issue.code === 'deletes_held' ? held : null;
  const pointer = (number: number | null | undefined): RecordPointer | null =>
    number === null || number === undefined ? null : pointerTo(catalogue, type, number);
  return {
    severity: issue.severity,
    code: issue.code as IssueCode,
    at: issue.at,
    place: issue.place,
    key: issue.key,
    record: pointer(issue.number),
    path: issue.path,
    member: issue.member,
    sentAs: issue.sent_as ?? null,
    value: issue.value,
    other: pointer(issue.other),
    message: issue.message,
    remedy: resolved === null ? issue.remedy : `Nothing. ${resolved.message}`,
    resolved,
    resolvedBy: issue.resolved_by == null ? null : guidOf('run', catalogue.workspace, issue.resolved_by),
  };
}
