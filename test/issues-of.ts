// All issues of a run, in the order of its body.
import type { Hub } from '../src/engine/hub.ts';
import type { Caller } from '../src/model/principal.ts';
import type { IssueView } from '../src/model/runs.ts';

export async function issuesOf(hub: Hub, caller: Caller, run: string): Promise<IssueView[]> {
  const issues: IssueView[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await hub.issues(caller, null, run, { limit: 1_000, ...(cursor && { cursor }) });
    if (page.kind !== 'page') throw new Error(page.kind);
    issues.push(...page.items);
    cursor = page.next;
  }
  return issues;
}
