// The limit of complete sets: a bare node:http server that reads the same body, finds its elements and parses each, and does nothing
// with them. `POST /ndjson`, `/json`, `/xml`; answers how many there were.
import { createServer, type IncomingMessage } from 'node:http';
import { SaxesParser } from 'saxes';

type Reader = (body: IncomingMessage) => Promise<number>;

const readers: Readonly<Record<string, Reader>> = {
  async '/ndjson'(body) {
    let count = 0;
    let rest = '';
    body.setEncoding('utf8');
    for await (const piece of body) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        JSON.parse(line);
        count += 1;
      }
    }
    return rest === '' ? count : count + 1;
  },

  /** Objects in one array. Knows of JSON only what it takes to find where an object ends: strings, escapes, depth. */
  async '/json'(body) {
    let count = 0;
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of body as AsyncIterable<Buffer>) {
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let depth = 0;
      let start = 0;
      let done = 0;
      for (let at = 0; at < bytes.length; at++) {
        switch (bytes[at]) {
          case 0x22:
            at = endOfString(bytes, at);
            break;
          case 0x7b:
            if (depth++ === 0) start = at;
            break;
          case 0x7d:
            if (--depth > 0) break;
            JSON.parse(bytes.toString('utf8', start, at + 1));
            count += 1;
            done = at + 1;
        }
      }
      rest = bytes.subarray(done);
    }
    return count;
  },

  async '/xml'(body) {
    const parser = new SaxesParser({ position: false });
    let count = 0;
    parser.on('opentag', () => {
      count += 1;
    });
    parser.on('closetag', () => {});
    parser.on('text', () => {});
    body.setEncoding('utf8');
    for await (const piece of body) parser.write(piece);
    parser.close();
    return count;
  },
};

function endOfString(bytes: Buffer, from: number): number {
  let at = from + 1;
  for (; at < bytes.length && bytes[at] !== 0x22; at++) if (bytes[at] === 0x5c) at += 1;
  return at;
}

const server = createServer({ requestTimeout: 0 }, (request, response) => {
  const read = readers[request.url ?? ''];
  if (read === undefined) {
    response.writeHead(404).end();
    return;
  }
  read(request).then(
    (count) => response.end(JSON.stringify({ count })),
    (fault) => response.writeHead(500).end(String(fault)),
  );
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`ready http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
process.on('SIGTERM', () => process.exit(0));
