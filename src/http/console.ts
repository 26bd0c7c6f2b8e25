/** The console: the files that `npm run build:console` makes, at `/`. It has no other door to the hub than the native API. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const folder = join(import.meta.dirname, '../../console/dist');
const page = 'index.html';

/** Scripts of this server alone. The component library sets styles on elements. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** @returns what sends the console's page; undefined where the console was not built. */
export function registerConsole(app: FastifyInstance): ((reply: FastifyReply) => FastifyReply) | undefined {
  if (!existsSync(join(folder, page))) return undefined;
  app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    index: false,
    immutable: true, // the name of each has the hash of what is in it
    maxAge: '1y',
    preCompressed: true,
  });
  return (reply) =>
    reply
      .headers({ 'content-security-policy': contentSecurityPolicy, 'referrer-policy': 'same-origin' })
      .sendFile(page, folder, { maxAge: 0, immutable: false });
}

/** A browser asks for a page. Whether there is one at the address, the console finds out. At `/` there is, also for who takes anything, as a check of the server does. */
export function asksForPage({ method, originalUrl, headers: { accept = '*/*' } }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return accept.includes('text/html') || (originalUrl.split('?')[0] === '/' && accept.includes('*/*'));
}
