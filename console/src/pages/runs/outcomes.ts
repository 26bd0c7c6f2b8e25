/** What became of a received element: each is exactly one of these, so that they add up to what was received. */
export const fates = [
  ['created', 'green'],
  ['updated', 'blue'],
  ['revived', 'cyan'],
  ['unchanged', 'gray'],
  ['superseded', 'grape'],
  ['rejected', 'red'],
  ['held', 'orange'],
] as const;

const colors: ReadonlyMap<string, string> = new Map(fates);

export const colorOfOutcome = (outcome: string): string => colors.get(outcome) ?? 'gray';
