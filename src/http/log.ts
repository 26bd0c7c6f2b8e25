/** The log: JSON lines, or the same in words for a person at a terminal. */
import { type DestinationStream, type Logger, pino } from 'pino';

/** Everything goes to standard error: standard output is for what a command answers. */
export function createLogger(options: { json: boolean; level?: string }): Logger {
  const settings = { level: options.level ?? 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(settings, options.json ? pino.destination({ dest: 2, sync: true }) : inWords(process.stderr));
}

const levels: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** `12:00:01.250 info  request method=GET path=/v1/schema status=200 ms=3`, and below it the stack of an error. */
export function inWords(output: { write(text: string): unknown }): DestinationStream {
  return {
    write(line) {
      const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>;
      const clock = String(time).slice(11, 23);
      const details = Object.entries(rest)
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
      output.write(
        `${clock} ${(levels[Number(level)] ?? '').padEnd(5)} ${msg ?? ''}${details.join('')}\n${stackOf(err)}`,
      );
    },
  };
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { stack, message } = error as { stack?: string; message?: string };
  return `  ${(stack ?? message ?? '').replaceAll('\n', '\n  ')}\n`;
}
