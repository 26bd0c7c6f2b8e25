/**
 * When two spellings of a key are the same key: the one place that says so, for whoever writes a key and whoever looks for one. The form
 * that a rule makes of a key is what is compared, kept unique and found; what was sent is kept beside it, and shown.
 */
export const keyRuleSteps = ['trim', 'fold', 'nfc'] as const;
/** `trim`: white space at the ends does not count. `fold`: case does not, by Unicode's full case folding. `nfc`: nor does how an accent is composed. */
export type KeyRuleStep = (typeof keyRuleSteps)[number];
export const isKeyRuleStep = (value: unknown): value is KeyRuleStep => keyRuleSteps.some((step) => step === value);
/** In any order; empty: keys are compared exactly. */
export type KeyRule = readonly KeyRuleStep[];

/** The form of a key by a rule. Applied to its own result, it changes nothing. */
export function keyForm(rule: KeyRule, key: string): string {
  if (rule.length === 0) return key;
  let form = rule.includes('trim') ? key.trim() : key;
  const composes = rule.includes('nfc');
  // Decomposed while it is folded: Unicode defines caseless matching so, since some accents fold to letters (U+0345).
  if (rule.includes('fold')) form = foldCase(composes ? form.normalize('NFD') : form);
  if (composes) form = form.normalize('NFC');
  return form;
}

export const isSameRule = (a: KeyRule, b: KeyRule): boolean =>
  keyRuleSteps.every((step) => a.includes(step) === b.includes(step));

const beyondAscii = /\P{ASCII}/u;
const cased = /[\p{Changes_When_Casemapped}--\u0131]/gv;

function foldCase(text: string): string {
  return beyondAscii.test(text) ? text.replaceAll(cased, foldCharacter) : text.toLowerCase();
}

/**
 * JavaScript has no case folding: down, up and down again is the same, but for Cherokee, whose small letters fold to the great ones, and
 * the Turkish dotless i, which folds to itself.
 */
function foldCharacter(character: string): string {
  const folded = character.toLowerCase().toUpperCase().toLowerCase();
  return cherokee.test(folded) ? folded.toUpperCase() : folded;
}
const cherokee = /[\u13f8-\u13fd\uab70-\uabbf]/;
