/**
 * The issues of a run as a CSV file that can be mended and sent back: a line for each element that has one, with its key and what is wrong.
 * Issues that are no element's (held deletes, say) are not in it: there is nothing to mend.
 */
import type { IssueView } from '../../model/outcomes.ts';
import { csvLine, issueColumns } from './csv.ts';

/** @param key the field that the elements are known by. @param pages in the order of the body, so that those of an element stand together. */
export async function* issueCsv(key: string, pages: AsyncIterable<readonly IssueView[]>): AsyncGenerator<string> {
  yield csvLine([key, ...issueColumns]);
  let open: IssueView[] = [];
  for await (const issues of pages) {
    let lines = '';
    for (const issue of issues) {
      if (issue.path === null) continue;
      if (open[0] !== undefined && open[0].place !== issue.place) {
        lines += lineOf(open);
        open = [];
      }
      open.push(issue);
    }
    if (lines !== '') yield lines;
  }
  if (open.length > 0) yield lineOf(open);
}

function lineOf(issues: readonly IssueView[]): string {
  const said = (of: (issue: IssueView) => string | null): string =>
    issues.flatMap((issue) => of(issue) ?? []).join(' | ');
  return csvLine([
    issues[0]?.key ?? null,
    issues.some(({ severity }) => severity === 'error') ? 'error' : 'warning',
    said(({ code }) => code),
    said(({ member }) => member),
    said(({ message }) => message),
    said(({ remedy }) => remedy),
  ]);
}
