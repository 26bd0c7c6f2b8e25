/**
 * The issues of a run as a CSV file that can be mended and sent back: a line for each element that has one, with the columns that were sent
 * and what is wrong. Issues that are no element's (held deletes, say) are not in it: there is nothing to mend.
 */
import type { IssueView } from '../../../model/runs.ts';
import { cellWriter, issueColumns } from '../rows/csv.ts';
import type { Row } from '../rows/element-rows.ts';

/** Names that a hostile sender made up, element after element, must not fill the memory. */
const mostColumns = 1_000;

export type CsvSource = {
  /** The field that the elements are known by. */
  readonly key: string;
  /** Whether the record type has a field of the name of a column that says what is wrong, which is left out then. */
  readonly isField: (column: string) => boolean;
  /** In the order of the body, so that those of an element stand together. */
  readonly pages: () => AsyncIterable<readonly IssueView[]>;
  /** By their places, those that are kept: in the order of the body, and as many at once as go into the memory. */
  readonly rows: (places: readonly number[]) => AsyncIterable<ReadonlyMap<number, Row>>;
  readonly spreadsheet: boolean;
};

type Line = { readonly issues: readonly [IssueView, ...IssueView[]]; readonly row: Row | undefined };

/** Read twice: elements need not have the same members, and the header has to name all. */
export async function* issueCsv(source: CsvSource): AsyncGenerator<string> {
  const write = cellWriter(source.spreadsheet);
  const said = issueColumns.filter((column) => !source.isField(column));
  const columns = new Set([source.key]);
  for await (const lines of linesOf(source)) {
    for (const { row = {} } of lines)
      for (const name of Object.keys(row)) if (columns.size < mostColumns && !said.includes(name)) columns.add(name);
  }
  yield write.header([...columns, ...said]);
  for await (const lines of linesOf(source)) {
    const text = lines.map(({ issues, row = { [source.key]: issues[0].key } }) => {
      const about = whatIsWrong(issues);
      const cells = [...columns].map((name) => write.value(row[name]));
      return write.line([...cells, ...said.map((column) => write.text(about[column] ?? ''))]);
    });
    if (text.length > 0) yield text.join('');
  }
}

async function* linesOf({ pages, rows }: CsvSource): AsyncGenerator<readonly Line[]> {
  for await (const elements of byElement(pages())) {
    let left = elements;
    for await (const kept of rows(elements.map(([{ place }]) => place))) {
      const last = Math.max(...kept.keys());
      yield left.filter(([{ place }]) => place <= last).map((issues) => ({ issues, row: kept.get(issues[0].place) }));
      left = left.filter(([{ place }]) => place > last);
    }
    yield left.map((issues) => ({ issues, row: undefined })); // not kept
  }
}

/** An element's issues may stand on two pages. */
async function* byElement(
  pages: AsyncIterable<readonly IssueView[]>,
): AsyncGenerator<readonly [IssueView, ...IssueView[]][]> {
  let open: [IssueView, ...IssueView[]] | undefined;
  for await (const issues of pages) {
    const whole: [IssueView, ...IssueView[]][] = [];
    for (const issue of issues) {
      if (issue.path === null) continue;
      if (open?.[0].place === issue.place) open.push(issue);
      else {
        if (open !== undefined) whole.push(open);
        open = [issue];
      }
    }
    if (whole.length > 0) yield whole;
  }
  if (open !== undefined) yield [open];
}

function whatIsWrong(issues: readonly IssueView[]): Readonly<Record<string, string>> {
  const joined = (of: (issue: IssueView) => string | null): string =>
    issues.flatMap((issue) => of(issue) ?? []).join(' | ');
  return {
    _severity: issues.some(({ severity }) => severity === 'error') ? 'error' : 'warning',
    _code: joined(({ code }) => code),
    _member: joined(({ member }) => member),
    _message: joined(({ message }) => message),
    _remedy: joined(({ remedy }) => remedy),
  };
}
