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
