/**
 * CSV for people who open it in a spreadsheet, which would take a cell that begins like a formula for one (OWASP, CSV injection): such text
 * has an apostrophe before it. A column says that a file is so, and whoever reads it takes the apostrophes away again (ADR 0030).
 */

/** Without a value in any line. */
export const spreadsheetColumn = '_spreadsheet';

/** With what a formula begins, or what a spreadsheet passes over before it, as in a character class of a regular expression. */
const formulaStarts = '=+@\\t\\r\\n\\uFF1D\\uFF0B\\uFF20\\uFF0D-';

// Text that begins with apostrophes before such a character has one more: so that each is what it was when one is taken away.
const guardable = new RegExp(`^'*[${formulaStarts}]`);
const isGuarded = new RegExp(`^'+[${formulaStarts}]`);

export const guarded = (text: string): string => (guardable.test(text) ? `'${text}` : text);
export const unguarded = (cell: string): string => (isGuarded.test(cell) ? cell.slice(1) : cell);
