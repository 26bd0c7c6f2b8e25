/** The one file that knows every part. A dialect is one line here, and the import it names. */
import { runProgram } from './cli/program.ts';
import type { Dialect } from './dialects/contract.ts';
import { native } from './dialects/native/index.ts';
import { netsuite } from './dialects/netsuite/index.ts';
import { origami } from './dialects/origami/index.ts';
import { relatics } from './dialects/relatics/index.ts';
import { sugarcrm } from './dialects/sugarcrm/index.ts';
import { zendesk } from './dialects/zendesk/index.ts';

export const dialects: readonly Dialect[] = [native, netsuite, origami, relatics, sugarcrm, zendesk];

/** @param argv without node and script. @returns the exit code. */
export const main = (argv: readonly string[]): Promise<number> => runProgram(argv, dialects);
