/** The log: JSON lines, or the same in words for a person at a terminal. */
import { type Logger, pino } from 'pino';
import { isoTime } from '../model/time.ts';
import { LineBuffer } from './line-buffer.ts';

/** What is told of every request, in this order. */
export type RequestLine = {
  readonly request: string;
  readonly dialect: string;
  readonly operation: string | null;
  readonly outcome: string | null;
  readonly method: string;
  readonly path: string;
  /** null: the client left before the answer. */
  readonly status: number | null;
  readonly ms: number;
  readonly principal: number | null;
  readonly from: string | null;
};

export type Log = {
  /** Each of its lines is written at once. */
  readonly logger: Logger;
  /** Writes the line of a request, within a moment. */
  readonly request: (line: RequestLine) => void;
  /** Writes what still waits. */
  readonly flush: () => void;
};

/** Everything goes to standard error: standard output is for what a command answers. */
export function createLog(options: { json: boolean }, output: { write(text: string): unknown } = process.stderr): Log {
  const buffer = new LineBuffer(output);
  const flush = (): void => buffer.flush();
  process.once('exit', flush); // whatever ends the process
  const settings = { base: null, timestamp: () => `,"time":"${now()}"` };
  const logger = pino(settings, {
    write(line: string) {
      buffer.add(options.json ? line : inWords(JSON.parse(line) as Entry));
      buffer.flush();
    },
  });
  const form = options.json ? requestInJson : requestInWords;
  return { logger, request: (line) => buffer.add(form(line, now())), flush };
}

let lastMs = 0;
let lastTime = '';

/** Many lines have the same millisecond. */
function now(): string {
  const ms = Date.now();
  if (ms !== lastMs) {
    lastMs = ms;
    lastTime = isoTime(new Date(ms));
  }
  return lastTime;
}

type Entry = Readonly<Record<string, unknown>>;

const levels: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** `12:00:01.250 info  request method=GET path=/v1/schema status=200 ms=3`, and below it the stack of an error. */
function inWords({ level, time, msg, err, ...rest }: Entry): string {
  const heading = `${clockOf(String(time))} ${(levels[Number(level)] ?? '').padEnd(5)} ${msg ?? ''}`;
  return `${heading}${detailsOf(rest)}\n${stackOf(err)}`;
}

/** As pino and `inWords` would write it, without the detour: this is written for every request. */
const requestInWords = (line: RequestLine, time: string): string =>
  `${clockOf(time)} info  request${detailsOf(line)}\n`;

function requestInJson(line: RequestLine, time: string): string {
  return `{"level":30,"time":"${time}",${JSON.stringify(line).slice(1, -1)},"msg":"request"}\n`;
}

const clockOf = (time: string): string => time.slice(11, 23);

function detailsOf(entry: Entry): string {
  let text = '';
  for (const name in entry) {
    const value = entry[name];
    if (value === null || value === undefined) continue;
    text += ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
  }
  return text;
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { stack, message } = error as { stack?: string; message?: string };
  return `  ${(stack ?? message ?? '').replaceAll('\n', '\n  ')}\n`;
}
