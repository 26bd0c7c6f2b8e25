/** Lists of runs: of one interface, or of all. */
import type { FastifyRequest } from 'fastify';
import type { RunsPage } from '../../../engine/read/runs.ts';
import { type RunListOutcome, type RunState, runStates } from '../../../model/runs.ts';
import { shorten } from '../../../model/text.ts';
import { problem } from '../problem-answer.ts';
import { renderRun } from '../render.ts';
import type { AskedRuns, RunList } from '../shapes/interface.ts';
import { listRefusal } from '../violations.ts';

export function runsPage({ limit, cursor, state }: AskedRuns): RunsPage {
  const states = state === undefined ? [] : [...new Set(state.split(',').map(stateIn))];
  return { states, limit, ...(cursor === undefined ? {} : { cursor }) };
}

const isRunState = (text: string): text is RunState => (runStates as readonly string[]).includes(text);

function stateIn(text: string): RunState {
  if (isRunState(text)) return text;
  const message = `There is no state "${shorten(text)}". Allowed: ${runStates.join(', ')}.`;
  throw problem('parameter_invalid', 'query.state', message);
}

/** @param of the interface whose runs were asked for, and where in the request it is named; null: those of all interfaces. */
export function runList(
  request: FastifyRequest,
  of: { readonly endpoint: string; readonly path: string } | null,
  outcome: RunListOutcome,
): RunList {
  if (outcome.kind === 'unknown_interface') {
    const { endpoint = '', path = null } = of ?? {};
    throw problem('unknown_interface', path, `There is no interface "${shorten(endpoint)}".`, { endpoint });
  }
  if (outcome.kind !== 'page') throw listRefusal(outcome);
  return { items: outcome.items.map((run) => renderRun(request.publicBase, run)), next: outcome.next };
}
