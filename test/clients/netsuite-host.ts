/**
 * The vendor's host names, on this machine: clients that compute their host from the account id are led to Keyway without a change in
 * them, as a user's own reverse proxy would do it. Requests of this process go through a proxy here, which speaks TLS under the
 * vendor's names and hands on to Keyway, saying by which scheme and host it was reached.
 */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import tls from 'node:tls';

/** A key and a certificate for the vendor's names, made for these tests. */
const pem = readFileSync(new URL('netsuite-host.pem', import.meta.url), 'utf8');
const certificate = pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'));

/** @returns undoes it. */
export async function standInForVendor(keywayUrl: string): Promise<() => Promise<void>> {
  const keyway = new URL(keywayUrl);
  const vendor = https.createServer({ key: pem, cert: certificate }, (request, response) => {
    const { url: path, method, headers } = request;
    const forwarded = { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-host': headers.host };
    const onward = http.request(
      { host: keyway.hostname, port: keyway.port, path, method, headers: forwarded, agent: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    onward.on('error', (error) => response.destroy(error));
    request.pipe(onward);
  });
  const sockets = new Set<Socket>();
  const proxy = http.createServer().on('connect', (_request, socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    vendor.emit('connection', socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;

  const trusted = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...trusted, certificate]);
  const restore = http.setGlobalProxyFromEnv({ https_proxy: `http://127.0.0.1:${port}`, no_proxy: '127.0.0.1' });
  return async () => {
    restore();
    tls.setDefaultCACertificates(trusted);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  };
}
