/** The record service as OpenAPI 3.0: the paths of each record type. */

import { tokenPath } from '../access/token-route.ts';
import { attachableTo } from '../attachments/attachments.ts';
import type { Call } from '../call.ts';
import type { NetSuiteType } from '../names.ts';
import { targetsOf } from '../records/transform.ts';
import { openApi, recordSchema, type Schema, sharedSchemas } from './schemas.ts';

const resource = (kind: 'singular' | 'collection' | 'error'): string =>
  `application/vnd.oracle.resource+json; type=${kind}`;
const refTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const pathParameter = (name: string, description: string): Schema => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});
const queryParameter = (name: string, type: string, description: string): Schema => ({
  name,
  in: 'query',
  description,
  schema: { type },
});
const headerParameter = (name: string, values: readonly string[], description: string): Schema => ({
  name,
  in: 'header',
  description,
  schema: values.length === 0 ? { type: 'string' } : { type: 'string', enum: values },
});

const recordId = (name: string): Schema => pathParameter(name, 'Internal id, or external id as eid:VALUE.');
const asynchronous = [
  headerParameter('Prefer', [], 'respond-async: answered by a job.'),
  headerParameter('X-NetSuite-Idempotency-Key', [], 'A UUID; counts for jobs only.'),
];
const validation = [
  headerParameter(
    'X-NetSuite-PropertyNameValidation',
    ['Error', 'Warning', 'Ignore'],
    'Of unknown names of properties.',
  ),
  headerParameter('X-NetSuite-PropertyValueValidation', ['Error', 'Warning', 'Ignore'], 'Of the syntax of values.'),
];
const replacement = [
  queryParameter('replace', 'string', 'Names of sublists whose other lines go, with commas between.'),
  queryParameter('replaceSelectedFields', 'boolean', 'Whether a null clears only fields that replace names.'),
];

const failure: Schema = { description: 'An error.', content: { [resource('error')]: { schema: refTo('nsError') } } };
const done = (description: string, hasLocation: boolean): Schema => ({
  204: hasLocation
    ? { description, headers: { Location: { description: 'Address of the record.', schema: { type: 'string' } } } }
    : { description },
  default: failure,
});
const found = (kind: 'singular' | 'collection', name: string): Schema => ({
  200: { description: 'Found.', content: { [resource(kind)]: { schema: refTo(name) } } },
  default: failure,
});
const body = (schema: Schema, required = true): Schema => ({ required, content: { 'application/json': { schema } } });

export function openApiDocument(call: Call, types: readonly NetSuiteType[]): Schema {
  const schemas: Record<string, Schema> = { ...sharedSchemas(openApi), nsError, nsCollection };
  for (const type of types) schemas[type.name] = recordSchema(openApi, call.names, type);
  return {
    openapi: '3.0.1',
    info: { title: 'SuiteTalk REST record service', version: 'v1' },
    servers: [{ url: call.recordsHref }],
    security: [{ bearer: [] }, { machine: ['rest_webservices'] }],
    paths: Object.assign({}, ...types.map((type) => pathsOf(call, type))),
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        machine: {
          type: 'oauth2',
          flows: {
            clientCredentials: {
              tokenUrl: new URL(tokenPath, call.recordsHref).href,
              scopes: { rest_webservices: 'REST web services' },
            },
          },
        },
      },
    },
  };
}

function pathsOf(call: Call, type: NetSuiteType): Record<string, Schema> {
  const { name } = type;
  const tags = [name];
  const operation = (summary: string, parts: Schema): Schema => ({ tags, summary, ...parts });
  const paths: Record<string, Schema> = {
    [`/${name}`]: {
      get: operation('Get list of records.', {
        parameters: [
          queryParameter('q', 'string', 'Filter.'),
          queryParameter('limit', 'integer', '1 to 1,000.'),
          queryParameter('offset', 'integer', 'A multiple of the limit.'),
          ...asynchronous,
        ],
        responses: found('collection', 'nsCollection'),
      }),
      post: operation('Insert record.', {
        parameters: [...replacement, ...validation, ...asynchronous],
        requestBody: body(refTo(name)),
        responses: done('Inserted.', true),
      }),
    },
    [`/${name}/{id}`]: {
      parameters: [recordId('id')],
      get: operation('Get record.', {
        parameters: [
          queryParameter('fields', 'string', 'Names of fields, with commas between.'),
          queryParameter('expandSubResources', 'boolean', 'Whether sublists are shown with their lines.'),
          queryParameter('simpleEnumFormat', 'boolean', 'Whether options are shown by their ids alone.'),
          ...asynchronous,
        ],
        responses: found('singular', name),
      }),
      patch: operation('Update record.', {
        parameters: [...replacement, ...validation, ...asynchronous],
        requestBody: body(refTo(name)),
        responses: done('Updated.', true),
      }),
      put: operation('Insert or update record.', {
        parameters: [...replacement, ...validation, ...asynchronous],
        requestBody: body(refTo(name)),
        responses: done('Inserted or updated.', true),
      }),
      delete: operation('Remove record.', { parameters: asynchronous, responses: done('Removed.', false) }),
    },
  };
  const targets = targetsOf(call.names, type);
  for (const attachment of attachableTo(call.names, type)) {
    const pair = [recordId('targetId'), recordId('attachmentId')];
    const role = { type: 'object', properties: attachment.name === 'contact' ? { role: refTo('nsReference') } : {} };
    paths[`/${name}/{targetId}/!attach/${attachment.name}/{attachmentId}`] = {
      post: operation(`Attach ${attachment.name}.`, {
        parameters: [...pair, ...asynchronous],
        requestBody: body(role, false),
        responses: done('Attached.', false),
      }),
    };
    paths[`/${name}/{targetId}/!detach/${attachment.name}/{attachmentId}`] = {
      post: operation(`Detach ${attachment.name}.`, {
        parameters: [...pair, ...asynchronous],
        responses: done('Detached.', false),
      }),
    };
  }
  for (const target of targets) {
    paths[`/${name}/{id}/!transform/${target.name}`] = {
      post: operation(`Transform to ${target.name}.`, {
        parameters: [recordId('id'), ...validation, ...asynchronous],
        requestBody: body({ type: 'object' }, false),
        responses: done('Transformed.', true),
      }),
    };
  }
  return paths;
}

const nsCollection: Schema = {
  type: 'object',
  properties: {
    links: { type: 'array', items: refTo('nsLink') },
    totalResults: { type: 'integer', format: 'int64' },
    count: { type: 'integer', format: 'int64' },
    hasMore: { type: 'boolean' },
    offset: { type: 'integer', format: 'int64' },
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: { links: { type: 'array', items: refTo('nsLink') }, id: { type: 'string' } },
      },
    },
  },
};

const nsError: Schema = {
  type: 'object',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer', format: 'int32' },
    'o:errorDetails': {
      type: 'array',
      items: {
        type: 'object',
        required: ['detail', 'o:errorCode'],
        properties: {
          detail: { type: 'string' },
          'o:errorCode': { type: 'string' },
          'o:errorPath': { type: 'string' },
          'o:errorUrl': { type: 'string' },
          'o:errorHeader': { type: 'string' },
          'o:errorQueryParam': { type: 'string' },
        },
      },
    },
  },
};
