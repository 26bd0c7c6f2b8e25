/** `metadata-catalog`: which record types there are, and what they are like, in the form that the client accepts. */
import { type Answer, document } from '../answer.ts';
import { assumed } from '../assumed.ts';
import { type Call, collectionHref } from '../call.ts';
import { noSuchType } from '../errors.ts';
import { parseSelection, refuseParameters } from '../lists/query.ts';
import type { NetSuiteType } from '../names.ts';
import { openApiDocument } from './openapi.ts';
import { jsonSchema, recordSchema, type Schema, sharedSchemas } from './schemas.ts';

const mediaTypes = ['application/json', 'application/swagger+json', 'application/schema+json'] as const;
type MediaType = (typeof mediaTypes)[number];

export async function readCatalog(call: Call): Promise<Answer> {
  const selected = parseSelection(call);
  return describe(call, selected === null ? allTypes(call) : selected.map((name) => findType(call, name)));
}

export async function readCatalogOfType(call: Call, { type }: { readonly type: string }): Promise<Answer> {
  refuseParameters(call);
  return describe(call, [findType(call, type)]);
}

/** Those that have routes of their own. */
const allTypes = (call: Call): NetSuiteType[] =>
  [...call.names.typesByName.values()].filter(({ name }) => !assumed.attachOnlyTypes.has(name));

function findType(call: Call, name: string): NetSuiteType {
  const type = call.names.typesByName.get(name.toLowerCase());
  if (type === undefined || assumed.attachOnlyTypes.has(type.name)) throw noSuchType(name);
  return type;
}

function describe(call: Call, types: readonly NetSuiteType[]): Answer {
  const mediaType = acceptedType(call.accept);
  switch (mediaType) {
    case 'application/json':
      return document({ items: types.map(({ name }) => entryOf(call, name)) });
    case 'application/swagger+json':
      return document(openApiDocument(call, types), mediaType);
    case 'application/schema+json':
      return document(jsonSchemaDocument(call, types), mediaType);
  }
}

/** The one of the three that the client would rather have; JSON where it takes none of them, as the vendor's older clients send anything. */
function acceptedType(accept: string): MediaType {
  const wanted = accept
    .toLowerCase()
    .split(',')
    .map((range) => {
      const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
      return { name, quality: Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { name } of wanted) {
    const found = mediaTypes.find((mediaType) => mediaType === name);
    if (found !== undefined) return found;
  }
  return 'application/json';
}

function entryOf(call: Call, name: string): Schema {
  const href = `${collectionHref(call, 'metadata-catalog')}/${name}`;
  const [canonical, ...alternates] = mediaTypes;
  return {
    name,
    links: [
      { rel: 'canonical', href, mediaType: canonical },
      ...alternates.map((mediaType) => ({ rel: 'alternate', href, mediaType })),
      { rel: 'describes', href: collectionHref(call, name) },
    ],
  };
}

/** Of one type: its schema. Of several: a document of definitions. */
function jsonSchemaDocument(call: Call, types: readonly NetSuiteType[]): Schema {
  const $schema = 'http://json-schema.org/draft-07/schema#';
  const shared = sharedSchemas(jsonSchema);
  const [only, ...others] = types;
  if (only !== undefined && others.length === 0) {
    return { $schema, ...recordSchema(jsonSchema, call.names, only), definitions: shared };
  }
  const schemas = types.map((type) => [type.name, recordSchema(jsonSchema, call.names, type)] as const);
  return { $schema, definitions: { ...shared, ...Object.fromEntries(schemas) } };
}
