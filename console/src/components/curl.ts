import type { SampleCall } from '../api/types.ts';

/** Whatever a key holds, the shell takes it as it is. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A token that a call before it has put into a variable of the shell. */
const inShell = (text: string): string => (text.includes('$token') ? `"${text}"` : quoted(text));

/** A call as it is typed into a shell; the API key is for the reader to put in. */
export function curlOf({ method, path, headers, body }: SampleCall): string {
  const isForm = headers['Content-Type']?.endsWith('form-urlencoded') ?? false;
  const given = Object.entries({ ...(body && { 'Content-Type': 'application/json' }), ...headers });
  const sent = !body
    ? []
    : isForm
      ? Object.entries(body).map(([name, value]) => `-d ${quoted(`${name}=${value}`)}`)
      : [`-d ${quoted(JSON.stringify(body))}`];
  return [
    method === 'GET' ? 'curl -g' : `curl -g -X ${method}`, // -g: brackets in an address are no pattern
    ...(isForm ? [] : given.map(([name, value]) => `-H ${inShell(`${name}: ${value}`)}`)),
    ...sent,
    quoted(`${window.location.origin}${path}`),
  ].join(' \\\n  ');
}
