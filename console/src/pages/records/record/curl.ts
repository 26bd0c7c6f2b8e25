import type { SampleCall } from '../../../api/types.ts';

/** Whatever a key holds, the shell takes it as it is. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A call as it is typed into a shell; the API key is for the reader to put in. */
export function curlOf({ method, path, headers, body }: SampleCall): string {
  const given = Object.entries({ ...headers, ...(body && { 'Content-Type': 'application/json' }) });
  return [
    method === 'GET' ? 'curl -g' : `curl -g -X ${method}`, // -g: brackets in an address are no pattern
    ...given.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body ? [`-d ${quoted(JSON.stringify(body))}`] : []),
    quoted(`${window.location.origin}${path}`),
  ].join(' \\\n  ');
}
