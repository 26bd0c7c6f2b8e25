/** The issues of a whole element; those of its members are judge-element.ts's. */
import { clock } from '../../../model/clock.ts';
import type { SetElement } from '../../../model/commands.ts';
import { shorten } from '../../../model/text.ts';
import type { PlacedIssue } from '../../../store/sync/issues.ts';
import type { DuplicateRule } from '../receiving/duplicates.ts';

type OfElement = {
  readonly key: string;
  readonly path: string;
  readonly place: number;
  /** Of its record, if there is one. */
  readonly number?: number | undefined;
};

export const duplicateIssue = (rule: DuplicateRule, element: OfElement): PlacedIssue => ({
  ...ofElement(element),
  code: 'duplicate_key',
  message: `${shorten(element.key, 100)} stands in the set more than once: ${duplicateEffects[rule]}`,
  remedy: 'Send each element once: correct the key of the other one if they are two things.',
});

/** That the first counts is what Relatics does, and the default. */
const duplicateEffects: Record<DuplicateRule, string> = {
  first: 'the first was applied, this one was not.',
  last: 'the last was applied, this one was not.',
  refuse: 'none of them was applied, and the record was left as it is.',
};

/** No record can have such a key, so that nothing is deleted for want of it. */
export const unstorableIssue = ({ key, path }: SetElement, place: number): PlacedIssue => ({
  ...ofElement({ key, path, place }),
  code: 'invalid_key',
  message:
    'The key of this element has NUL characters or lone surrogates, which cannot be stored: the element was skipped.',
  remedy: 'Correct the key in the sending application and send the set again.',
});

const ofElement = ({ key, path, place, number }: OfElement) =>
  ({
    severity: 'error',
    key: shorten(key, 512),
    number: number ?? null,
    path,
    place,
    member: null,
    value: null,
    at: clock.now(),
  }) as const;
