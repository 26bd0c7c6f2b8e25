/** What reaches us over a connection and is no HTTP request: nobody's path, so the answer is in the server's own format. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { limits } from './limits.ts';

type Answer = { status: number; title: string; detail: string };

function answerTo(code: string | undefined): Answer {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, title: 'Request Timeout', detail: 'The request took too long to arrive.' };
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        title: 'Request Header Fields Too Large',
        detail: `Address and headers may have ${limits.headerBytes} bytes together.`,
      };
    default:
      return { status: 400, title: 'Bad Request', detail: 'This is not an HTTP request.' };
  }
}

export function answerClientError(error: Error & { code?: string }, socket: Socket, log: FastifyBaseLogger): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const answer = answerTo(error.code);
  const id = randomUUID();
  log.info({ request: id, status: answer.status, code: error.code }, 'not a request');
  const body = JSON.stringify({ type: 'about:blank', ...answer });
  const head = [
    `HTTP/1.1 ${answer.status} ${answer.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${id}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
