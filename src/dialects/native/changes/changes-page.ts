/** What the engine says to a reader of the feed, as a page of it or as a refusal. */
import type { ChangesOutcome } from '../../../engine/changes/changes.ts';
import { ProblemError, problem, type Violations } from '../problem-answer.ts';
import type { FeedPageAnswer } from '../shapes/changes.ts';
import { refusal } from '../violations.ts';

export function pageOf(outcome: ChangesOutcome): FeedPageAnswer {
  switch (outcome.kind) {
    case 'changes':
      return {
        items: outcome.items.map((item) => ({ ...item, forced: [...item.forced] })),
        next: outcome.next,
        more: outcome.more,
      };
    case 'rejected':
      throw new ProblemError(
        refusal(outcome).violations.map((one) => ({ ...one, path: 'query.type' })) as unknown as Violations,
      );
    case 'cursor_invalid':
      throw problem('cursor_invalid', 'query.after', 'This is no place in the change feed of this workspace.', {
        remedy:
          'Send as `after` what the feed gave out as `next` or `cursor`; or leave it out to begin with what comes now, or empty to begin with the oldest change that is kept.',
      });
    case 'no_longer_kept':
      throw problem('changes_not_kept', 'query.after', 'Some of the changes behind this place are no longer kept.');
  }
}
