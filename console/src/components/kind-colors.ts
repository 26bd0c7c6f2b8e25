/** By what a change did; the events of runs have none. */
const colors: Readonly<Record<string, string>> = {
  created: 'green',
  revived: 'cyan',
  updated: 'blue',
  relinked: 'blue',
  linked: 'green',
  deleted: 'red',
  unlinked: 'red',
  erased: 'red',
  merged: 'grape',
};

export const colorOf = (kind: string): string => colors[kind] ?? 'gray';
