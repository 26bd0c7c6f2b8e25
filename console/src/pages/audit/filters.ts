/** What changes can be told apart by. */
export const kinds = [
  'created',
  'updated',
  'deleted',
  'revived',
  'merged',
  'erased',
  'linked',
  'relinked',
  'unlinked',
] as const;

export const causes = [
  { value: 'run', label: 'complete sets' },
  { value: '-run', label: 'all but complete sets' },
  'native',
  'relatics',
  'netsuite',
  'origami',
  'sugarcrm',
  'zendesk',
] as const;
