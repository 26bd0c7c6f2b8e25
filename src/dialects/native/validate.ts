/**
 * Requests are checked by the very schemas that the OpenAPI document shows. Fastify's defaults would drop unknown members and
 * turn "12" into 12: here nothing is dropped, and only query strings, which have no types of their own, are converted.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { shorten } from '../../model/text.ts';
import type { TSchema } from '../json-schema.ts';
import { ProblemError, type Violations } from './problem-answer.ts';
import type { ProblemViolation } from './shapes/problem.ts';

const mostViolations = 100;

function ajv(coerceTypes: boolean, components: readonly TSchema[]): Ajv {
  const instance = new Ajv({
    coerceTypes,
    useDefaults: true,
    removeAdditional: false,
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    validateFormats: false,
  });
  for (const component of components) instance.addSchema(component);
  return instance;
}

/** Nothing is read or compiled before the first request that wants it: it would take most of the start, and most routes are not called in most processes. */
export function validatorCompiler(components: readonly TSchema[]) {
  const forText = madeAtFirst(() => ajv(true, components));
  const forBodies = madeAtFirst(() => ajv(false, components));
  return ({ schema, httpPart }: { schema: unknown; httpPart?: string }): Validate =>
    validatorOf(madeAtFirst(() => (httpPart === 'body' ? forBodies() : forText()).compile(schema as object)));
}

type Validate = { (data: unknown): boolean; errors?: ErrorObject[] | null };

function madeAtFirst<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function validatorOf(compiledSchema: () => ValidateFunction): Validate {
  const validate: Validate = (data) => {
    const compiled = compiledSchema();
    const isValid = compiled(data);
    validate.errors = compiled.errors ?? null;
    const endless = isValid ? endlessNumber(data) : undefined;
    if (endless === undefined) return isValid;
    validate.errors = [endless];
    return false;
  };
  return validate;
}

/** `1e400` of a query is turned into a number that has no end, which no maximum stops and nothing can store. */
function endlessNumber(data: unknown): ErrorObject | undefined {
  for (const name in data as object) {
    const value = (data as Readonly<Record<string, unknown>>)[name];
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    const instancePath = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return { keyword: 'type', instancePath, schemaPath: '', params: { type: 'a number that can be held' } };
  }
  return undefined;
}

type Part = 'body' | 'query' | 'header' | 'path';
const partOf = (dataVar: string): Part =>
  dataVar === 'querystring' ? 'query' : dataVar === 'headers' ? 'header' : dataVar === 'params' ? 'path' : 'body';

/** `/fields/a~1b/0` → `fields.a/b.0`; of the query with its part before it. */
function pathOf(part: Part, pointer: string, member?: string): string | null {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (member !== undefined) steps.push(member);
  if (part !== 'body') steps.unshift(part);
  return steps.length === 0 ? null : steps.join('.');
}

/** Those that a pattern allows are told by its `examples`: nobody reads patterns. */
function knownNames({ parentSchema }: ErrorObject): string[] {
  const { properties = {}, patternProperties = {} } = (parentSchema ?? {}) as {
    properties?: Record<string, unknown>;
    patternProperties?: Record<string, { examples?: string[] }>;
  };
  return [...Object.keys(properties), ...Object.values(patternProperties).flatMap(({ examples = [] }) => examples)];
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** What the message of a failed check says of the value. */
function demandOf({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'type':
      return `must be ${[params.type as string | string[]]
        .flat()
        .map((name) => typeNames[name] ?? name)
        .join(' or ')}`;
    case 'pattern':
      return `must match the pattern ${params.pattern}`;
    case 'minimum':
      return `must be ${params.limit} or more`;
    case 'maximum':
      return `must be ${params.limit} or less`;
    case 'minLength':
      return `must have at least ${counted(params.limit, 'character')}`;
    case 'maxLength':
      return `must have at most ${counted(params.limit, 'character')}`;
    case 'minItems':
      return `must have at least ${counted(params.limit, 'item')}`;
    case 'maxItems':
      return `must have at most ${counted(params.limit, 'item')}`;
    default:
      return message ?? 'must have another form';
  }
}

function violationOf(part: Part, error: ErrorObject): ProblemViolation {
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params.additionalProperty);
    const allowed = knownNames(error);
    const path = pathOf(part, error.instancePath, name);
    return part === 'query'
      ? { code: 'unknown_parameter', path, message: `There is no query parameter "${shorten(name)}" here.`, allowed }
      : { code: 'unknown_member', path, message: `There is no member "${shorten(name)}" here.`, allowed };
  }
  if (error.keyword === 'required') {
    const name = String(error.params.missingProperty);
    return { code: 'member_missing', path: pathOf(part, error.instancePath, name), message: `"${name}" is missing.` };
  }
  const path = pathOf(part, error.instancePath);
  const message = `${path ?? 'The body'} ${demandOf(error)}.`;
  return { code: part === 'body' ? 'member_invalid' : 'parameter_invalid', path, message };
}

/** Every violation of the part at once; of very many the first hundred. */
export function schemaErrorFormatter(errors: readonly object[], dataVar: string): Error {
  const part = partOf(dataVar);
  const violations = errors.slice(0, mostViolations).map((error) => violationOf(part, error as ErrorObject));
  return new ProblemError(violations as unknown as Violations);
}
