/** What a handler is given, and what it gives back. */
import type { FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { Caller } from '../../../model/principal.ts';
import type { Module, Modules } from '../metadata/modules.ts';
import type { SugarOptions } from '../options.ts';
import type { PathValues } from './paths.ts';

/** Arguments of the query and the body; those of the path are apart, and win. */
export type Args = Readonly<Record<string, unknown>>;

/** A request to a route that needs no token. */
export type Entry = {
  readonly hub: Hub;
  readonly options: SugarOptions;
  readonly request: FastifyRequest;
  readonly via: string;
  readonly args: Args;
};

/** How a route names records, which decides what it says of one that is not there. */
export type Form = 'integrate' | 'short' | 'plain';

export type Visit = Entry & {
  readonly caller: Caller;
  readonly modules: Modules;
  readonly path: PathValues;
  readonly form: Form;
};

/** `outcome` is for the log: `created`, `found`. */
export type Answer = { readonly status: 200 | 201; readonly body: unknown; readonly outcome: string };

export const ok = (outcome: string, body: unknown): Answer => ({ status: 200, body, outcome });

/** The module that the path names. */
export const moduleIn = (visit: Visit): Module => visit.modules.named(segment(visit, 'module'));

/** A segment that the route's pattern has: findRoute matched it, so it is there. */
export function segment(visit: Visit, name: string): string {
  const value = visit.path[name];
  if (value === undefined) throw new Error(`the route has no segment :${name}`);
  return value;
}
