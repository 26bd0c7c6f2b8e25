/** The table of error codes for people: `docs/errors.md` in the repository, `/docs/errors` on the server. */
import { problems } from '../problems.ts';

/** By status, then in the order of the table. */
const entries = Object.entries(problems).sort(([, a], [, b]) => a.status - b.status);

const intro =
  'Every refusal of the native API is a problem document (RFC 9457, `application/problem+json`) with a stable `code`. ' +
  '`path` says where in the request, `remedy` what to do, and `violations` names every reason at once. ' +
  'Nothing is changed by a request that is refused.';

const precedence =
  'When one request has violations of several statuses, the answer has the status and code of the first in this order: ' +
  '400, 401, 404, 403, 412, 409, 422.';

export function errorsMarkdown(): string {
  const sections = entries.map(
    ([code, { status, title, cause, remedy }]) =>
      `## ${code}\n\n**${status} ${title}.** ${cause}\n\nWhat to do: ${remedy}\n`,
  );
  return [`# Errors of the native API\n`, `${intro}\n`, `${precedence}\n`, ...sections].join('\n');
}

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const html = (text: string): string => escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}' +
  'code{background:#8882;padding:.1em .3em;border-radius:3px}h2{margin:2rem 0 0}:target{outline:2px solid}';

export function errorsHtml(): string {
  const sections = entries.map(
    ([code, { status, title, cause, remedy }]) =>
      `<section id="${code}"><h2><code>${code}</code></h2><p><b>${status} ${html(title)}.</b> ${html(cause)}</p>` +
      `<p>What to do: ${html(remedy)}</p></section>`,
  );
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Errors of the Keyway API</title>' +
    `<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><style>${style}</style>` +
    `</head><body><h1>Errors of the native API</h1><p>${html(intro)}</p><p>${html(precedence)}</p>${sections.join('')}</body></html>`
  );
}

if (import.meta.main) process.stdout.write(errorsMarkdown());
