/** What of a request is kept out of the journal, as a test prints it: whatever signs in. */

const secretHeaders =
  /^(authorization|proxy-authorization|cookie|oauth-token|.*(token|secret|password|signature|api-?key).*)$/i;
const secretNames =
  'password|client_secret|secret|access_token|refresh_token|token|client_assertion|assertion|signature|api_key|apikey';

const hidden = '…';

/** Of Authorization the scheme stays: tests ask for it. */
export function redactHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(headers)) {
    const text = [value].flat().join(', ');
    const scheme = /^authorization$/i.test(name) ? /^[A-Za-z][\w-]* /.exec(text)?.[0] : undefined;
    shown[name] = secretHeaders.test(name) ? `${scheme ?? ''}${hidden}` : text;
  }
  return shown;
}

const inJson = new RegExp(`("(?:${secretNames})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"?`, 'gi');
const inForm = new RegExp(`((?:^|[?&])(?:${secretNames})=)[^&\\s]*`, 'gi');

/** Members and form fields that are named as secrets are. */
export const redactText = (text: string): string =>
  text.replace(inJson, `$1"${hidden}"`).replace(inForm, `$1${hidden}`);
