/**
 * The rules that hold whichever API is called, as one table: what is done, how each vendor answers it, and what is stored
 * afterwards, which is the same for all.
 */
import {
  absent,
  changed,
  forbidden,
  linkDone,
  linked,
  linkedAlready,
  made,
  onlyOf,
  type Row,
  removed,
  unauthorised,
  unchanged,
  unlinked,
  wrong,
} from './answers.ts';
import type { Fields } from './surfaces.ts';

/** `to` and `from`: whether that end of a link is there, in the rules about ends that are not. */
export type Deed =
  | ({ readonly do: 'upsert' } & Fields)
  | { readonly do: 'remove' }
  | { readonly do: 'link' | 'unlink'; readonly missing?: 'parent' | 'child' };

export type Rule = {
  readonly rule: string;
  /** In the place of the rule's own key; what it ends in is added. */
  readonly key?: string;
  /** Done before, by an administrator. */
  readonly given: readonly Deed[];
  readonly when: Deed;
  /** Sent so often at once: one is answered as `answers` says, all others as `others` does. */
  readonly times?: number;
  readonly others?: Row;
  /** The administrator unless said: somebody who may only read, or the administrator of another workspace. */
  readonly as?: 'reader' | 'foreigner' | 'nobody';
  readonly answers: Row;
  /** What is stored. `changes` is the history of the record, in order; absent: there is no record of the key. */
  readonly stored: {
    readonly changes?: readonly string[];
    readonly name?: string | null;
    readonly other?: 'given' | null;
    readonly links?: number;
  };
};

const upsert = { do: 'upsert', name: 'Mila', other: 'given' } as const;
const remove = { do: 'remove' } as const;
const link = { do: 'link' } as const;
const unlink = { do: 'unlink' } as const;
const mila = { name: 'Mila', other: 'given' } as const;
const onlySets = 'many at once are one: the newest set supersedes those that wait';

export const rules: readonly Rule[] = [
  {
    rule: 'a new key makes a record',
    ...{ given: [], when: upsert, answers: made },
    stored: { ...mila, changes: ['created'] },
  },
  {
    rule: 'the same again changes nothing',
    ...{ given: [upsert], when: upsert, answers: unchanged },
    stored: { ...mila, changes: ['created'] },
  },
  {
    rule: 'what is absent is left alone',
    ...{ given: [upsert], when: { do: 'upsert', name: 'Mila de Vries' }, answers: changed },
    stored: { ...mila, name: 'Mila de Vries', changes: ['created', 'updated'] },
  },
  {
    rule: 'null clears',
    ...{ given: [upsert], when: { do: 'upsert', name: 'Mila', other: null }, answers: changed },
    stored: { ...mila, other: null, changes: ['created', 'updated'] },
  },
  {
    rule: 'null of what is empty changes nothing',
    given: [{ do: 'upsert', name: 'Mila' }],
    ...{ when: { do: 'upsert', name: 'Mila', other: null }, answers: unchanged },
    stored: { ...mila, other: null, changes: ['created'] },
  },
  {
    rule: 'a value of another kind is refused, and all that came with it',
    ...{ given: [upsert], when: { do: 'upsert', name: 'Not stored', other: 'wrong' }, answers: wrong },
    stored: { ...mila, changes: ['created'] },
  },
  {
    rule: 'a value of another kind is left out of an element',
    ...{ given: [upsert], when: { do: 'upsert', name: 'Stored', other: 'wrong' } },
    answers: onlyOf('relatics', [200, { updated: 1, issues: 1 }], 'refused as a whole: the rule before'),
    stored: { ...mila, name: 'Stored', changes: ['created', 'updated'] },
  },
  {
    rule: 'a field that the type does not have is refused',
    ...{ given: [upsert], when: { do: 'upsert', name: 'Not stored', stranger: true } },
    answers: {
      native: [422, { code: 'unknown_field', path: 'fields.nonsense' }],
      origami: [500, "Unable to execute. The field 'Nonsense' does not exist on the domain 'Contact'."],
      ...{ sugarcrm: 'passed over', netsuite: 'passed over', zendesk: 'passed over', relatics: 'passed over' },
    },
    stored: { ...mila, changes: ['created'] },
  },
  {
    rule: 'a field that the type does not have is passed over',
    ...{ given: [upsert], when: { do: 'upsert', name: 'Stored', stranger: true } },
    answers: { ...changed, relatics: [200, { updated: 1, issues: 1 }], native: 'refused', origami: 'refused' },
    stored: { ...mila, name: 'Stored', changes: ['created', 'updated'] },
  },
  ...['a/b+c%d \u00e9;?&#"\\', '%2F..', "O'Neill:external_id", '\ud83d\udd11 {x}[0]', '2001'].map(
    (key): Rule => ({
      rule: `the key ${key} finds its record again`,
      ...{ key, given: [upsert], when: upsert, answers: unchanged },
      stored: { ...mila, changes: ['created'] },
    }),
  ),
  {
    rule: 'a delete takes the record',
    ...{ given: [upsert], when: remove, answers: removed },
    stored: {},
  },
  {
    rule: 'a delete of a key that nobody has any more finds nothing',
    ...{ given: [upsert, remove], when: remove, answers: absent },
    stored: {},
  },
  {
    rule: 'a key that comes back is its record again, empty',
    ...{ given: [upsert, remove], when: { do: 'upsert', name: 'Mila' } },
    answers: { ...made, native: [200, { outcome: 'revived' }] },
    stored: { ...mila, other: null, changes: ['created', 'deleted', 'revived'] },
  },
  {
    rule: 'who may only read makes nothing',
    ...{ as: 'reader', given: [], when: upsert, answers: forbidden },
    stored: {},
  },
  {
    rule: 'who may only read deletes nothing',
    ...{ as: 'reader', given: [upsert], when: remove, answers: forbidden },
    stored: { ...mila, changes: ['created'] },
  },
  {
    rule: 'who is nobody makes nothing',
    ...{ as: 'nobody', given: [], when: upsert, answers: unauthorised },
    stored: {},
  },
  {
    rule: 'the same key in another workspace is another record',
    ...{ as: 'foreigner', given: [upsert], when: { do: 'upsert', name: 'Mila' }, answers: made },
    stored: { ...mila, changes: ['created'] },
  },
  {
    rule: 'of 20 that send a new key at once, one makes the record',
    ...{ times: 20, given: [], when: upsert, others: { ...unchanged, relatics: onlySets } },
    answers: { ...made, relatics: onlySets },
    stored: { ...mila, changes: ['created'] },
  },
  {
    rule: 'two records are linked',
    ...{ given: [], when: link, answers: linked },
    stored: { links: 1 },
  },
  {
    rule: 'linked again, they have one link',
    ...{ given: [link], when: link, answers: linkedAlready },
    stored: { links: 1 },
  },
  {
    rule: 'of 20 that link two records at once, one makes the link',
    ...{ times: 20, given: [], when: link, others: { ...linkedAlready, relatics: onlySets } },
    answers: { ...linked, relatics: onlySets },
    stored: { links: 1 },
  },
  {
    rule: 'a link to a record that is not there is refused',
    ...{ given: [], when: { do: 'link', missing: 'child' } },
    answers: {
      ...absent,
      origami: [500, 'Unable to execute. Unable to identify the child record based on the information provided.'],
      zendesk: [422, { error: 'RecordInvalid', details: { supplier: [{ error: 'InvalidValue' }] } }],
      relatics: [200, { unchanged: 1, issues: 1 }],
    },
    stored: { links: 0 },
  },
  {
    rule: 'a link from a record that is not there is refused',
    ...{ given: [], when: { do: 'link', missing: 'parent' } },
    answers: {
      ...absent,
      origami: [500, 'Unable to execute. Unable to identify the parent record based on the information provided.'],
      zendesk: [422, { error: 'RecordInvalid', details: { name: [{ error: 'BlankValue' }] } }],
      relatics: 'an element that is not there is made',
    },
    stored: { links: 0 },
  },
  {
    rule: 'who may only read links nothing',
    ...{ as: 'reader', given: [], when: link, answers: forbidden },
    stored: { links: 0 },
  },
  {
    rule: 'a link is removed',
    ...{ given: [link], when: unlink, answers: unlinked },
    stored: { links: 0 },
  },
  {
    rule: 'a link that is gone is removed again without harm',
    ...{ given: [link, unlink], when: unlink },
    answers: {
      ...unlinked,
      native: [200, { outcome: 'unchanged', removed: [] }],
      origami: [200, linkDone('^No link was found', false)],
      relatics: [200, { unchanged: 1, issues: 0 }],
    },
    stored: { links: 0 },
  },
];
