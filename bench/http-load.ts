// A load generator for HTTP/1.1 that costs little beside the server it drives: plain sockets, one request under way on each, requests
// made ready before the clock starts, answers looked at as bytes.
import { connect, type Socket } from 'node:net';

export type LoadResult = {
  /** Answers a second. */
  readonly perSecond: number;
  /** Of one request, from sending it to the last byte of its answer. */
  readonly medianMs: number;
};

export type LoadRequest = { readonly method: string; readonly path: string; readonly body?: string };

/** The bytes of a request, to be sent as often as wanted. */
export function requestBytes({ method, path, body = '' }: LoadRequest, token: string): Buffer {
  const head = `${method} ${path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${token}\r\n`;
  const content =
    method === 'GET' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${head}${content}\r\n${body}`);
}

/**
 * Sends every request once, over `connections` connections that share the servers evenly, each taking the next request when its last
 * one is answered. Rejects at the first status above 299.
 */
export async function load(
  servers: string | readonly string[],
  connections: number,
  requests: readonly Buffer[],
): Promise<LoadResult> {
  const urls = [servers].flat();
  const sockets = await Promise.all(
    Array.from({ length: connections }, (_, index) => Connection.open(urls[index % urls.length] as string)),
  );
  const latencies = new Float64Array(requests.length);
  let next = 0;
  const started = performance.now();
  await Promise.all(sockets.map((socket) => socket.work(requests, latencies, () => next++)));
  const seconds = (performance.now() - started) / 1000;
  for (const socket of sockets) socket.close();
  return { perSecond: requests.length / seconds, medianMs: latencies.sort()[latencies.length >> 1] ?? 0 };
}

const headEnd = Buffer.from('\r\n\r\n');
const lengthNames = ['content-length: ', 'Content-Length: '].map((name) => Buffer.from(name));
const zero = 48;

class Connection {
  readonly #socket: Socket;
  readonly #received = Buffer.allocUnsafe(256 * 1024);
  #bytes = 0;
  #answered: (status: number, text: string) => void = () => {};
  #failed: (fault: Error) => void = () => {};

  private constructor(url: string, opened: (connection: Connection) => void, failed: (fault: Error) => void) {
    const { hostname, port } = new URL(url);
    const buffer = Buffer.allocUnsafe(64 * 1024);
    const callback = (bytes: number): boolean => this.#receive(buffer, bytes);
    this.#socket = connect({ port: Number(port), host: hostname, noDelay: true, onread: { buffer, callback } }, () =>
      opened(this),
    );
    this.#failed = failed;
    this.#socket.on('error', (fault) => this.#failed(fault));
    this.#socket.on('close', () => this.#failed(new Error(`${url} closed the connection`)));
  }

  static open(url: string): Promise<Connection> {
    return new Promise((opened, failed) => new Connection(url, opened, failed));
  }

  work(requests: readonly Buffer[], latencies: Float64Array, draw: () => number): Promise<void> {
    return new Promise((done, failed) => {
      this.#failed = failed;
      let index = 0;
      let sentAt = 0;
      const send = (): void => {
        index = draw();
        const request = requests[index];
        if (request === undefined) return done();
        sentAt = performance.now();
        this.#socket.write(request);
      };
      this.#answered = (status, text) => {
        latencies[index] = performance.now() - sentAt;
        if (status <= 299) return send();
        failed(new Error(`${requests[index]?.toString().split('\r\n')[0]} answers ${text}`));
      };
      send();
    });
  }

  close(): void {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  /** Reads no more of an answer than its status and where it ends. */
  #receive(buffer: Buffer, bytes: number): boolean {
    this.#bytes += buffer.copy(this.#received, this.#bytes, 0, bytes);
    const answer = this.#received.subarray(0, this.#bytes);
    const head = answer.indexOf(headEnd);
    if (head < 0 || answer.length < head + 4 + contentLength(answer.subarray(0, head + 1))) return true;
    const digit = (at: number): number => (answer[at] as number) - zero;
    const status = digit(9) * 100 + digit(10) * 10 + digit(11);
    const text = status > 299 ? answer.toString() : '';
    this.#bytes = 0;
    this.#answered(status, text);
    return true;
  }
}

function contentLength(head: Buffer): number {
  for (const name of lengthNames) {
    const found = head.indexOf(name);
    if (found < 0) continue;
    let length = 0;
    for (let at = found + name.length; head[at] !== 13; at++) length = length * 10 + (head[at] as number) - zero;
    return length;
  }
  return 0;
}
