// What a benchmark finds, and how it is said: a figure beside the limit that was measured in the same run.

export type Run = { readonly value: number; readonly limit: number };
type Target = { readonly atLeast: number } | { readonly atMost: number };

export type Figure = {
  readonly name: string;
  /** Median of the runs, as are `limit` and `ratio`. */
  readonly value: number;
  readonly unit: string;
  readonly limit: number;
  /** What the limit is, in a few words. */
  readonly beside: string;
  /** Ours to the limit: of rates where the target is `atLeast`, of times where it is `atMost`. */
  readonly ratio: number;
  readonly target?: Target;
  readonly runs: readonly Run[];
  /** Write-ahead log of the median run, where it matters. */
  readonly wal_mb?: number;
  readonly limit_wal_mb?: number;
  readonly wal_target_mb?: number;
  /** What else was seen, in figures. */
  readonly further?: Readonly<Record<string, number | string>>;
};

/** As it is written to JSON: with the most memory that a server process held during the benchmark. */
export type Result = Figure & { readonly rss_mb: number };

export const memoryTargetMb = 300;

/** A benchmark that cannot run on this stage; no failure. */
export class NotHere extends Error {}

export type Subject = { readonly value: number; readonly walMb?: number };

type Comparison = Pick<Figure, 'name' | 'unit' | 'beside' | 'target' | 'wal_target_mb' | 'further'> & {
  readonly rounds: number;
  readonly ours: (round: number) => Promise<number | Subject>;
  readonly limit: (round: number) => Promise<number | Subject>;
};

/** Alternates the subject and its limit, so that whatever else the machine does meets both. */
export async function compare({ rounds, ours, limit, ...what }: Comparison): Promise<Figure> {
  const runs: (Run & { walMb?: number; limitWalMb?: number })[] = [];
  for (let round = 0; round < rounds; round++) {
    progress(`${what.name}: round ${round + 1} of ${rounds}, Keyway`);
    const subject = measured(await ours(round));
    progress(`${what.name}: round ${round + 1} of ${rounds}, the limit`);
    const other = measured(await limit(round));
    runs.push({
      value: subject.value,
      limit: other.value,
      ...(subject.walMb !== undefined && { walMb: subject.walMb }),
      ...(other.walMb !== undefined && { limitWalMb: other.walMb }),
    });
  }
  return figureOf(what, runs);
}

type What = Omit<Comparison, 'rounds' | 'ours' | 'limit'>;

export function figureOf(what: What, runs: readonly (Run & { walMb?: number; limitWalMb?: number })[]): Figure {
  const walMb = runs.flatMap((run) => run.walMb ?? []);
  const limitWalMb = runs.flatMap((run) => run.limitWalMb ?? []);
  return {
    ...what,
    value: median(runs.map((run) => run.value)),
    limit: median(runs.map((run) => run.limit)),
    ratio: median(runs.map((run) => run.value / run.limit)),
    runs: runs.map(({ value, limit }) => ({ value, limit })),
    ...(walMb.length > 0 && { wal_mb: median(walMb) }),
    ...(limitWalMb.length > 0 && { limit_wal_mb: median(limitWalMb) }),
  };
}

const measured = (found: number | Subject): Subject => (typeof found === 'number' ? { value: found } : found);

/** Of an even number of values, the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

const shown = (number: number): string =>
  number.toLocaleString('en', { maximumFractionDigits: Math.abs(number) < 10 ? 2 : Math.abs(number) < 100 ? 1 : 0 });

export function meets(figure: Figure): boolean {
  if (figure.target === undefined) return true;
  if (figure.wal_target_mb !== undefined && (figure.wal_mb ?? 0) > figure.wal_target_mb) return false;
  return 'atLeast' in figure.target ? figure.ratio >= figure.target.atLeast : figure.ratio <= figure.target.atMost;
}

/** A figure in two or three lines. */
export function render(result: Result): string {
  const ratios = result.runs.map((run) => run.value / run.limit);
  const spread = ratios.length > 1 ? ` (${shown(Math.min(...ratios))} to ${shown(Math.max(...ratios))})` : '';
  const target = result.target;
  const wanted =
    target === undefined
      ? ''
      : `, wanted ${'atLeast' in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`}${meets(result) ? '' : ': FALLS SHORT'}`;
  const memory = `memory ${result.rss_mb} MB${result.rss_mb > memoryTargetMb ? `, wanted at most ${memoryTargetMb}: FALLS SHORT` : ''}`;
  const ofLimit = result.limit_wal_mb === undefined ? '' : ` (limit ${shown(result.limit_wal_mb)} MB)`;
  const wal = result.wal_mb === undefined ? '' : `; WAL ${shown(result.wal_mb)} MB${ofLimit}${walWanted(result)}`;
  const further = Object.entries(result.further ?? {}).map(
    ([name, value]) => `\n  ${name}: ${typeof value === 'number' ? shown(value) : value}`,
  );
  return `${result.name}
  ${shown(result.value)} ${result.unit}; limit ${shown(result.limit)}, ${result.beside}
  ratio ${shown(result.ratio)}${spread}${wanted}; ${memory}${wal}${further.join('')}`;
}

const walWanted = (result: Result): string =>
  result.wal_target_mb === undefined ? '' : `, wanted under ${result.wal_target_mb}`;

const startedAt = performance.now();

/** Says on stderr what is going on: a suite takes many minutes. On a terminal one line stands for all. */
export function progress(text: string): void {
  const line = `[${((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)} s] ${text}`;
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line.slice(0, process.stderr.columns - 1)}` : `${line}\n`);
}

export function progressDone(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}
