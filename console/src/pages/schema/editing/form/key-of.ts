/** `Purchase order №` → `purchase_order`: what it could be called where a label does not do. */
export const keyOf = (label: string): string =>
  label
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|_+$/g, '')
    .slice(0, 63);

const rule = 'Small letters, digits and underscores; it begins with a letter.';

/** @returns why it cannot be one. */
export function flawOfKey(key: string, taken: readonly string[]): string | null {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(key)) return rule;
  return taken.includes(key) ? 'There is one of this key already.' : null;
}
