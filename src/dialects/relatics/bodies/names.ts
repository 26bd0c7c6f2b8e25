/**
 * Names in bodies. A name is written with every character that is neither letter nor digit as `_xHHHH_` (its UTF-16 code in
 * four hex digits): `First name` is `First_x0020_name`. XML adds two of its own needs: no digit first, and only what a tag may hold.
 */
const escapeUnits = (text: string): string => {
  let escaped = '';
  for (let i = 0; i < text.length; i++) {
    escaped += `_x${text.charCodeAt(i).toString(16).toUpperCase().padStart(4, '0')}_`;
  }
  return escaped;
};

const notLetterOrDigit = /[^\p{L}\p{Nd}]/gu;
/** Letters and digits that XML 1.0 (fifth edition) does not allow in a name all the same. */
const notXmlName =
  /[^A-Za-z0-9\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}_]/gu;

export const escapeJsonName = (name: string): string => name.replace(notLetterOrDigit, escapeUnits);

export const escapeXmlName = (name: string): string =>
  escapeJsonName(name)
    .replace(notXmlName, escapeUnits)
    .replace(/^\p{Nd}/u, escapeUnits);

/** Left to right, hex in either case; an underscore that starts no escape stands for itself. */
export const unescapeName = (name: string): string =>
  name.includes('_x')
    ? name.replace(/_x([0-9a-fA-F]{4})_/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : name;
