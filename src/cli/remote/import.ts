/** `keyway import`: sends a file, shows how far it is, and goes on by itself when the connection breaks. */

import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { count, isOrAre } from '../../model/text.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { list, oneLine, print } from '../output.ts';
import { type Api, apiOf, Dropped, linesOf, type Problem, refusalOf, send } from './api.ts';
import { type Input, openInput } from './input.ts';
import { Progress, withSeparators } from './progress.ts';
import { type PlanOptions, planRemotely } from './write-plan.ts';

export type ImportOptions = PlanOptions & {
  readonly url?: string;
  readonly key?: string;
  readonly mode?: string;
  readonly links?: string;
  readonly leftKey?: string;
  readonly rightKey?: string;
  readonly format?: string;
  readonly decimal?: string;
  readonly force?: boolean;
  readonly resume?: string;
  readonly rejected?: string;
};

/** Attempts in a row that bring no row further. */
const mostAttempts = 6;
const mostRowsShown = 10;

type Counts = Readonly<Record<string, number>>;
type Line = {
  readonly import?: string;
  readonly rows_done?: number;
  readonly counts?: Counts;
  readonly problem?: Problem;
  readonly outcome?: 'rejected';
  readonly line?: number;
  readonly key?: string | null;
  readonly violations?: readonly { readonly message: string }[];
};

/** @returns 1 when a row was rejected. */
export async function importCommand(operands: readonly string[], options: ImportOptions): Promise<number> {
  const { path, query, file } = targetOf(operands, options);
  const api = apiOf(options.url);
  const input = await openInput(file, options.format);
  if (options.plan) return planRemotely(api, path, query, input, options);
  const upload = new Upload(api, input, path, { ...query, plan_id: options.planId }, options.resume);
  const counts = await upload.run();
  const shown = ['received', 'created', 'updated', 'unchanged', 'revived', 'rejected'] as const;
  print(
    list([
      ['Import', upload.id ?? ''],
      ...shown.map(
        (name) => [name.charAt(0).toUpperCase() + name.slice(1), withSeparators(counts[name] ?? 0)] as const,
      ),
    ]),
  );
  const rejected = counts.rejected ?? 0;
  if (rejected === 0) return 0;
  if (options.rejected === undefined) {
    print(`The rejected rows: ${api.url.origin}/v1/imports/${upload.id}/rejected; --rejected FILE saves them as CSV.`);
  } else await saveRejected(api, upload.id ?? '', options.rejected);
  return exitCodes.failure;
}

function targetOf(operands: readonly string[], options: ImportOptions) {
  const { links, key, mode, decimal, leftKey, rightKey } = options;
  const force = options.force ? 'true' : undefined;
  const [first = '', second] = operands;
  const problems: string[] = [];
  if (links === undefined) {
    if (second === undefined) problems.push('FILE is missing: keyway import TYPE FILE');
    if (leftKey !== undefined || rightKey !== undefined) problems.push('--left-key and --right-key go with --links');
  } else {
    if (second !== undefined) problems.push(`${second}: nothing is expected here: keyway import --links LINK FILE`);
    if ((key ?? mode ?? decimal) !== undefined) problems.push('--key, --mode and --decimal do not go with --links');
  }
  if (problems.length > 0) throw new CommandFailure(problems, exitCodes.usage);
  return links === undefined
    ? { path: `records/${encodeURIComponent(first)}/import`, query: { key, mode, decimal, force }, file: second ?? '' }
    : {
        path: `links/${encodeURIComponent(links)}/import`,
        query: { left_key: leftKey, right_key: rightKey, force },
        file: first,
      };
}

class Upload {
  /** Of the import, as soon as the server has said it. */
  id: string | undefined;
  readonly #api: Api;
  readonly #input: Input;
  readonly #path: string;
  readonly #query: Readonly<Record<string, string | undefined>>;
  readonly #progress: Progress;
  #rowsDone = 0;
  #rejectedShown = 0;
  #hasSent = false;

  constructor(
    api: Api,
    input: Input,
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    resume: string | undefined,
  ) {
    this.#api = api;
    this.#input = input;
    this.#path = path;
    this.#query = query;
    this.id = resume;
    this.#progress = new Progress(input.bytes);
  }

  async run(): Promise<Counts> {
    let failures = 0;
    for (;;) {
      const doneBefore = this.#rowsDone;
      try {
        return await this.#attempt();
      } catch (error) {
        if (!(error instanceof Dropped)) throw error;
        failures = this.#rowsDone > doneBefore ? 1 : failures + 1;
        if (this.id === undefined || (this.#hasSent && !this.#input.repeatable) || failures >= mostAttempts) {
          throw this.#givingUp(error);
        }
        const seconds = 2 ** (failures - 1);
        this.#progress.say(`${error.message} ${this.#done()}; going on in ${seconds} s.`);
        await sleep(seconds * 1000);
      } finally {
        this.#progress.end();
      }
    }
  }

  #done(): string {
    return `${count(this.#rowsDone, 'row')} ${isOrAre(this.#rowsDone)} done`;
  }

  #givingUp(error: Dropped): CommandFailure {
    const lines = [error.message];
    if (this.id !== undefined) {
      lines.push(`${this.#done()}. Go on with the same file and --resume ${this.id}`);
    }
    return new CommandFailure(lines);
  }

  async #attempt(): Promise<Counts> {
    this.#progress.restart();
    const stream = this.#input.open((count) => {
      this.#hasSent = true;
      this.#progress.addBytes(count);
    });
    try {
      const answer = await send(this.#api, {
        method: 'POST',
        path: this.#path,
        query: { ...this.#query, outcomes: 'rejected', import: this.id },
        accept: 'application/x-ndjson',
        // What is done by a plan is answered when all of it is.
        body: { media: this.#input.media, stream, afterAnswer: this.#query.plan_id === undefined },
      });
      return await this.#read(answer);
    } finally {
      stream.destroy();
    }
  }

  async #read(answer: IncomingMessage): Promise<Counts> {
    for await (const text of linesOf(answer)) {
      const line = JSON.parse(text) as Line;
      if (line.problem !== undefined) throw refusalOf(line.problem);
      if (line.import !== undefined) this.id = line.import;
      if (line.outcome === 'rejected') this.#showRejected(line);
      if (line.rows_done !== undefined) {
        this.#rowsDone = line.rows_done;
        this.#progress.setRows(line.rows_done);
      }
      if (line.counts !== undefined) return line.counts;
    }
    throw new Dropped('The connection broke: the answer ended early.');
  }

  #showRejected({ line, key, violations = [] }: Line): void {
    this.#rejectedShown += 1;
    if (this.#rejectedShown > mostRowsShown) return;
    const said = violations.map(({ message }) => message).join(' ');
    this.#progress.say(oneLine(`line ${withSeparators(line ?? 0)}${key === null ? '' : ` (${key})`}: ${said}`));
    if (this.#rejectedShown === mostRowsShown) this.#progress.say('Further rejected rows are not shown here.');
  }
}

async function saveRejected(api: Api, id: string, file: string): Promise<void> {
  const answer = await send(api, { method: 'GET', path: `imports/${id}/rejected`, accept: 'text/csv' });
  await pipeline(answer, createWriteStream(file));
  print(`The rejected rows are in ${file}.`);
}
