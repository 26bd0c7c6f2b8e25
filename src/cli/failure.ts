/** How a command fails: one plain line per problem on standard error, and an exit code. */

/** `changes`: of a plan that would change something, as Terraform has it. `usage`: EX_USAGE of sysexits.h, so that the two differ. */
export const exitCodes = { failure: 1, usage: 64, changes: 2 } as const;

/** Something that the operator can put right; each line says what is wrong and what to do. */
export class CommandFailure extends Error {
  readonly lines: readonly string[];
  readonly exitCode: number;
  constructor(lines: string | readonly string[], exitCode: number = exitCodes.failure, options?: ErrorOptions) {
    const all = typeof lines === 'string' ? [lines] : lines;
    super(all.join('\n'), options);
    this.name = 'CommandFailure';
    this.lines = all;
    this.exitCode = exitCode;
  }
}

export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
