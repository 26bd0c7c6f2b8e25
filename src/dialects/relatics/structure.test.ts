import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { lastRuns } from '../../../test/steps.ts';
import { maxDepth } from './options.ts';
import { InterfaceClient, synchronizing } from './test-client.ts';

let server: FreshServer;
let client: InterfaceClient;
beforeAll(async () => {
  server = await freshServer();
  client = await InterfaceClient.open(server.url, server.hub);
  await client.sync([
    { '@externalid': 'A', Name: 'Pump' },
    { '@externalid': 'B', Name: 'Valve' },
  ]);
});
afterAll(() => server.close());

const runsThatDidSomething = async () =>
  (await lastRuns(server.hub, client.caller, 'myendpoint', 1000)).filter((run) => run.state !== 'failed').length;
/** Whatever a test of this file sends, it must change nothing. */
afterEach(async () => {
  expect(await client.elements('name')).toEqual([
    ['A', 'Pump'],
    ['B', 'Valve'],
  ]);
  expect(await runsThatDidSomething()).toBe(1);
});

const contact = '{"@id":"6f1c1c3e-6a3c-4a61-9a2b-0d7b1f2f9c11"}';

describe('a JSON body that is no complete set is answered 400', () => {
  it.each<[string, string | RegExp | null]>([
    ['', null],
    ['null', null],
    ['[]', null],
    ['"Elements"', null],
    ['{}', 'Elements'],
    ['{"Element":[]}', 'Element'],
    ['{"elements":[]}', 'elements'],
    ['{"Elements":[],"More":[]}', 'More'],
    ['{"Elements":[],"Elements":[]}', 'Elements'],
    ['{"Elements":[],"_x0045_lements":[]}', 'Elements'],
    ['{"Elements":{}}', 'Elements'],
    ['{"Elements":null}', 'Elements'],
    ['{"Elements":[{"@externalid":"A"},null]}', 'Elements[1]'],
    ['{"Elements":[{"@externalid":"A"},[]]}', 'Elements[1]'],
    ['{"Elements":[{"@externalid":"A"},{"Name":"x"}]}', 'Elements[1]'],
    ['{"Elements":[{"@externalid":""}]}', 'Elements[0]'],
    ['{"Elements":[{"@externalid":null}]}', 'Elements[0]'],
    ['{"Elements":[{"@externalid":true}]}', 'Elements[0]'],
    ['{"Elements":[{"@externalid":["A"]}]}', 'Elements[0]'],
    [`{"Elements":[{"@externalid":"${'x'.repeat(451)}"}]}`, 'Elements[0]'],
    ['{"Elements":[{"@externalid":"A","Contacts":null}]}', 'Elements[0].Contacts'],
    [`{"Elements":[{"@externalid":"A","Contacts":${contact}}]}`, 'Elements[0].Contacts'],
    [`{"Elements":[{"@externalid":"A","Contacts":[${contact},"x"]}]}`, 'Elements[0].Contacts[1]'],
    ['{"Elements":[{"@externalid":"A","Contacts":[{}]}]}', 'Elements[0].Contacts[0]'],
    ['{"Elements":[{"@externalid":"A","Contacts":[{"@id":5}]}]}', 'Elements[0].Contacts[0]'],
    ['{"Elements":[{"@externalid":"A","Contacts":[{"@id":"x","role":"y"}]}]}', 'Elements[0].Contacts[0]'],
    ['{"Elements":[{"@externalid":"A","Name":"x","Name":"y"}]}', 'Elements[0].Name'],
    ['{"Elements":[{"@externalid":"A","Name":"x","name":"y"}]}', 'Elements[0].name'],
    ['{"Elements":[{"@externalid":"A","Odd":"x","O_x0064_d":"y"}]}', 'Elements[0].O_x0064_d'],
    [
      `{"Elements":[{"@externalid":"A","Name":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`,
      /^Elements\[0\]\.Name\[0\]/,
    ],
  ])('%s', async (body, path) => {
    const answer = await client.post(body);
    expect(answer.status).toBe(400);
    const { error } = JSON.parse(answer.text) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ code: 'InvalidStructure', message: expect.any(String) });
    if (path === null) expect(error).not.toHaveProperty('path');
    else if (typeof path === 'string') expect(error.path).toBe(path);
    else expect(error.path).toMatch(path);
  });

  it('wherever it is cut off', async () => {
    const whole = JSON.stringify({
      Elements: [{ '@externalid': 'A', Name: 'é', Length: 1, Contacts: [JSON.parse(contact)] }],
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: Buffer.byteLength(whole) - 1 }), async (length) => {
        const answer = await client.post(new Uint8Array(Buffer.from(whole).subarray(0, length)));
        expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('InvalidStructure')]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a body with several elements that cannot be read', () => {
  it.each([
    [
      'JSON',
      () => client.post('{"Elements":[{"@externalid":"A"},{},{"@externalid":"B"},{"@externalid":"C","Contacts":1}]}'),
    ],
    [
      'XML',
      () =>
        client.postXml(
          xmlSet(
            '<Element externalid="A"/><Element/><Element externalid="B"/><Element externalid="C"><Contacts>1</Contacts></Element>',
          ),
        ),
    ],
  ])('is told all of them: %s', async (_, send) => {
    const answer = await send();
    expect(answer.status).toBe(400);
    const { error } = JSON.parse(answer.text);
    expect(error.path).toBe('Elements[1]');
    expect(error.message).toMatch(
      /^Every element needs its @?externalid, as text or a number that is not empty\. Elements\[3\]\.Contacts: /,
    );
  });
});

const xmlSet = (content: string) => `<elements><Elements>${content}</Elements></elements>`;
const entityBomb = `<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${xmlSet('<Element externalid="&b;"/>')}`;
const externalEntity = `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>${xmlSet('<Element externalid="X"><Name>&f;</Name></Element>')}`;

describe('an XML body that is no complete set is answered 400', () => {
  it.each<[string, string | RegExp | null]>([
    ['', null],
    ['<elements/>', 'Elements'],
    ['<Elements/>', null],
    ['<root><Elements/></root>', null],
    ['<elements><Element/></elements>', 'Element'],
    ['<elements><Elements/><Elements/></elements>', 'Elements'],
    ['<elements><Elements/><More/></elements>', 'More'],
    ['<elements><Elements/></elements><elements/>', null],
    ['<elements>text<Elements/></elements>', null],
    ['<elements version="2"><Elements/></elements>', null],
    [xmlSet('text'), 'Elements[0]'],
    [xmlSet('<Elements/>'), 'Elements[0]'],
    [xmlSet('<Element/>'), 'Elements[0]'],
    [xmlSet('<Element externalid=""/>'), 'Elements[0]'],
    [xmlSet('<Element externalid="A"/><Element ExternalId="B"/>'), 'Elements[1]'],
    [xmlSet(`<Element externalid="${'x'.repeat(451)}"/>`), 'Elements[0]'],
    [xmlSet('<Element externalid="A" Name="lost"/>'), 'Elements[0]'],
    [xmlSet('<Element externalid="A">text</Element>'), 'Elements[0]'],
    [xmlSet('<Element externalid="A"><Name><b>x</b></Name></Element>'), 'Elements[0].Name'],
    [xmlSet('<Element externalid="A"><Name value="x"/></Element>'), 'Elements[0].Name'],
    [xmlSet('<Element externalid="A"><Name>x</Name><Name>y</Name></Element>'), 'Elements[0].Name'],
    [xmlSet('<Element externalid="A"><Contacts>x</Contacts></Element>'), 'Elements[0].Contacts'],
    [xmlSet('<Element externalid="A"><Contacts><Contact/></Contacts></Element>'), 'Elements[0].Contacts[0]'],
    [xmlSet('<Element externalid="A"><Contacts><Claim id="x"/></Contacts></Element>'), 'Elements[0].Contacts[0]'],
    [xmlSet('<Element externalid="A"><Contacts><Contact id="x"><b/></Contact></Contacts></Element>'), /Contacts/],
    [
      xmlSet(`<Element externalid="A"><Odd>${'<a>'.repeat(maxDepth)}${'</a>'.repeat(maxDepth)}</Odd></Element>`),
      'Elements[0]',
    ],
    [xmlSet(`<Element externalid="A"><Odd>${'<a>'.repeat(100_000)}`), 'Elements[0]'],
    [xmlSet('<Element externalid="A"><Name>&nbsp;</Name></Element>'), null],
    [xmlSet('<Element externalid="A"><Name>&#0;</Name></Element>'), null],
    ['<!DOCTYPE elements><elements><Elements/></elements>', null],
    [entityBomb, null],
    [externalEntity, null],
  ])('%s', async (body, path) => {
    const answer = await client.postXml(body);
    expect(answer.status).toBe(400);
    const { error } = JSON.parse(answer.text) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ code: 'InvalidStructure', message: expect.any(String) });
    if (path === null) expect(error).not.toHaveProperty('path');
    else if (typeof path === 'string') expect(error.path).toBe(path);
    else expect(error.path).toMatch(path);
    expect(answer.text).not.toContain('root:');
  });

  it('wherever it is cut off', async () => {
    const whole = xmlSet('<Element externalid="A"><Name>é&amp;</Name><Contacts><Contact id="x"/></Contacts></Element>');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: Buffer.byteLength(whole) - 1 }), async (length) => {
        const answer = await client.post(new Uint8Array(Buffer.from(whole).subarray(0, length)), {
          'content-type': 'application/xml',
          accept: 'application/xml',
        });
        expect([answer.status, answer.text]).toEqual([
          400,
          expect.stringMatching(/^<error code="InvalidStructure".*<\/error>$/s),
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

it('a body whose connection ends early changes nothing', async () => {
  const body = '{"Elements":[]}';
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), new URL(server.url).hostname, () => {
      const head = [
        `POST ${synchronizing} HTTP/1.1`,
        'Host: localhost',
        'Authorization: Bearer kw_demo_admin',
        'Content-Type: application/json',
        `Content-Length: ${body.length + 1}`,
      ];
      socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.resume();
  });
});
