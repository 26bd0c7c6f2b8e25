// A load generator for HTTP/1.1 that costs little beside the server it drives: plain sockets, one request under way on each.
import { connect, type Socket } from 'node:net';

export type LoadResult = {
  readonly requests: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
};

export type LoadRequest = { readonly method: string; readonly path: string; readonly body?: string };

/** Sends `count` requests over `connections` connections; throws for any status above 299. */
export async function load(
  url: string,
  options: { connections: number; count: number; token: string },
  make: (index: number) => LoadRequest,
): Promise<LoadResult> {
  const { hostname, port } = new URL(url);
  const latenciesMs: number[] = [];
  let next = 0;
  const started = performance.now();
  const work = async (): Promise<void> => {
    const connection = new Connection(connect(Number(port), hostname));
    for (let index = next++; index < options.count; index = next++) {
      const { method, path, body = '' } = make(index);
      const sentAt = performance.now();
      const status = await connection.send(
        `${method} ${path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${options.token}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      if (status > 299) throw new Error(`${method} ${path} answers ${status}`);
      latenciesMs.push(performance.now() - sentAt);
    }
    connection.end();
  };
  await Promise.all(Array.from({ length: options.connections }, work));
  return { requests: options.count, seconds: (performance.now() - started) / 1000, latenciesMs };
}

class Connection {
  readonly #socket: Socket;
  #received = '';
  #answered: ((status: number) => void) | null = null;
  #failed: ((fault: Error) => void) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', (fault) => this.#failed?.(fault));
  }

  send(request: string): Promise<number> {
    return new Promise((answered, failed) => {
      this.#answered = answered;
      this.#failed = failed;
      this.#socket.write(request);
    });
  }

  end(): void {
    this.#socket.end();
  }

  #receive(text: string): void {
    this.#received += text;
    const headerEnd = this.#received.indexOf('\r\n\r\n');
    if (headerEnd < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#received.slice(0, headerEnd))?.[1] ?? 0);
    if (this.#received.length < headerEnd + 4 + length) return;
    const status = Number(this.#received.slice(9, 12));
    this.#received = '';
    this.#answered?.(status);
  }
}
