/** The one file that knows every part. A dialect is one line here. */
import { runProgram } from './cli/program.ts';
import type { Dialects } from './dialects/contract.ts';

export const dialects: Dialects = {
  native: async () => (await import('./dialects/native/index.ts')).native,
  netsuite: async () => (await import('./dialects/netsuite/index.ts')).netsuite,
  origami: async () => (await import('./dialects/origami/index.ts')).origami,
  relatics: async () => (await import('./dialects/relatics/index.ts')).relatics,
  sugarcrm: async () => (await import('./dialects/sugarcrm/index.ts')).sugarcrm,
  zendesk: async () => (await import('./dialects/zendesk/index.ts')).zendesk,
};

/** @param argv without node and script. @returns the exit code. */
export const main = (argv: readonly string[]): Promise<number> => runProgram(argv, dialects);
