/** @param path of a violation within a set: `[33].contacts[0]`, or as Relatics has it `Elements[33].contacts[0]`; its elements count from 0. */
export function placeIn(path: string | null): string | undefined {
  const [, index, member] = /^\w*\[(\d+)\](?:\.([^.[]+)(?:\[\d+\])?)?$/.exec(path ?? '') ?? [];
  if (index === undefined) return undefined;
  const row = `Row ${Number(index) + 1}`;
  return member === undefined ? row : `${row}, ${member}`;
}
