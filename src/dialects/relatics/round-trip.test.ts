/** What was sent and is sent again changes nothing, whatever the names, ids and values are, and whichever form each time has. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import type { FieldDocument } from '../../model/schema.ts';
import { escapeJsonName, escapeXmlName } from './bodies/names.ts';
import { escapeXml } from './bodies/xml-text.ts';
import { InterfaceClient, send, synchronizing } from './test-client.ts';
import { changeSchema } from './test-schema.ts';

const singular = 'Thing <&"\'> 3D_x0041_';
const plural = '3 things; ünïcödé 物 & "more"';
const labels = [
  'First name',
  'Cost (EUR)',
  'a_b',
  '3D',
  '_x0020_',
  '_x',
  'xml:lang',
  'xmlns',
  '@externalid',
  '@id',
  '-dash. dot',
  '<tag attr="1">&amp;</tag>',
  'naïve Ünïcödé',
  'Straße',
  '名前',
  'חדר',
  '😀 mood',
  'l'.repeat(120),
  'constructor',
  'constructor name',
  'hasOwnProperty',
];
/** Texts that are ids here and values too. */
const texts = [
  'E 1',
  ' leading and trailing ',
  'a/b?c=d&e#f%20g',
  '<Element externalid="x"/>',
  ']]>',
  '&amp; &#38; "quoted" \'single\'',
  'tab\tand new\nline',
  'carriage\rreturn',
  '\\u0000 \\n',
  'e\u0301 and \u00e9',
  '\u200bzero width',
  'שלום',
  '名前',
  '😀👩‍👩‍👧',
  '__proto__',
  'null',
  '0',
  '-0.0',
  '450'.repeat(150),
];
const key = (index: number): string => `field_${index}`;

let server: FreshServer;
let client: InterfaceClient;
let targets: { '@id': string; '@displayname': string }[];
const interfaces = synchronizing.slice(0, synchronizing.indexOf('/synchronizing'));
const synchronising = `${interfaces}/synchronizing/things`;
const providing = (endpoint: string, accept: string) =>
  send(`${server.url}${interfaces}/providing/${endpoint}`, {
    headers: { authorization: 'Bearer kw_demo_admin', accept },
  });

beforeAll(async () => {
  server = await freshServer();
  client = await InterfaceClient.open(server.url, server.hub);
  const fields = labels.map((label, index): [string, FieldDocument] => [
    key(index),
    { type: 'text', label, owner: 'external' },
  ]);
  await changeSchema(server.hub, client.caller, (current) => ({
    ...current,
    types: {
      ...current.types,
      thing: { label: singular, plural, owner: 'external', fields: Object.fromEntries(fields) },
    },
    links: {
      ...current.links,
      'thing.known_by': { to: 'contact', label: 'Known <by> & loved', inverse: 'knows', owner: 'external' },
    },
    interfaces: {
      ...current.interfaces,
      things: { name: 'Things', type: 'thing' },
      provided: { name: 'Things', type: 'thing', direction: 'providing' },
      contacts: { name: 'Contacts', type: 'contact', direction: 'providing' },
    },
  }));
  targets = JSON.parse((await providing('contacts', 'application/json')).text).Contacts;
});
afterAll(() => server.close());

const inJson = (): string =>
  JSON.stringify({
    [escapeJsonName(plural)]: texts.map((text, place) => ({
      '@externalid': text,
      ...Object.fromEntries(
        labels.map((label, index) => [escapeJsonName(label), texts[(place + index) % texts.length]]),
      ),
      [escapeJsonName('Known <by> & loved')]: targets,
    })),
  });

const inXml = (): string => {
  const [set, one] = [escapeXmlName(plural), escapeXmlName(singular)];
  const member = (name: string, content: string) => `<${escapeXmlName(name)}>${content}</${escapeXmlName(name)}>`;
  const related = targets.map(
    (target) => `<Contact id="${target['@id']}" displayname="${escapeXml(target['@displayname'])}"/>`,
  );
  const elements = texts.map((text, place) => {
    const properties = labels.map((label, index) =>
      member(label, escapeXml(texts[(place + index) % texts.length] ?? '')),
    );
    return `<${one} externalid="${escapeXml(text)}">${properties.join('')}${member('Known <by> & loved', related.join(''))}</${one}>`;
  });
  return `<elements><${set}>${elements.join('')}</${set}></elements>`;
};

const post = async (contentType: 'application/json' | 'application/xml') => {
  const body = contentType === 'application/json' ? inJson() : inXml();
  return client.processed(await client.post(body, { 'content-type': contentType }, synchronising));
};
const stored = async () => {
  const page = await server.hub.list(client.caller, { type: 'thing', filters: [], sort: [], limit: 1000 });
  if (page.kind !== 'page') throw new Error(page.kind);
  return page.items.map(({ fields, version }) => ({ fields, version }));
};

describe.each(['application/json', 'application/xml'] as const)('a set of awkward names and texts in %s', (first) => {
  beforeAll(async () => {
    await client.processed(await client.post(JSON.stringify({ [escapeJsonName(plural)]: [] }), {}, synchronising));
    const { counts, issues } = await post(first);
    expect(issues.filter(({ code }) => code !== 'near_miss')).toEqual([]);
    expect(counts).toMatchObject({ received: texts.length, created: texts.length });
  });

  it('is stored as it is', async () => {
    const records = await stored();
    expect(records.map(({ fields }) => fields.external_id).sort()).toEqual([...texts].sort());
    for (const { fields } of records) {
      const place = texts.indexOf(String(fields.external_id));
      expect(labels.map((_label, index) => fields[key(index)])).toEqual(
        labels.map((_label, index) => texts[(place + index) % texts.length]),
      );
    }
  });

  it.each(['application/json', 'application/xml'] as const)(
    'changes nothing when it comes again in %s',
    async (second) => {
      const before = await stored();
      const { counts, issues } = await post(second);
      expect(counts).toMatchObject({
        received: texts.length,
        unchanged: texts.length,
        created: 0,
        updated: 0,
        deleted: 0,
      });
      expect(issues).toEqual([]);
      expect(await stored()).toEqual(before);
    },
  );

  it.each(['application/json', 'application/xml'] as const)(
    'is provided in %s as ids, which are no set: sent back, they change nothing',
    async (form) => {
      const before = await stored();
      const provided = await providing('provided', form);
      const answer = await client.post(provided.text, { 'content-type': form }, synchronising);
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([400, { error: { code: 'InvalidStructure' } }]);
      expect(await stored()).toEqual(before);
    },
  );
});
