/** How long: `26h`, `PT26H`, `P1DT2H`, or whole seconds. */
export type Duration = string | number;

const second = 1_000;
const unitMs = { s: second, m: 60 * second, h: 3_600 * second, d: 86_400 * second, w: 7 * 86_400 * second } as const;
const longestMs = 10 * 366 * unitMs.d;

/** In milliseconds; undefined when it says no time between one second and ten years. */
export function parseDuration(duration: unknown): number | undefined {
  const ms = typeof duration === 'number' ? seconds(duration) : typeof duration === 'string' ? written(duration) : 0;
  return ms !== undefined && ms >= second && ms <= longestMs ? ms : undefined;
}

const seconds = (count: number): number | undefined => (Number.isInteger(count) ? count * second : undefined);

function written(text: string): number | undefined {
  const short = /^(\d{1,9})([smhdw])$/.exec(text);
  if (short !== null) return Number(short[1]) * unitMs[short[2] as keyof typeof unitMs];
  const iso = /^P(?=.)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/.exec(
    text,
  );
  if (iso === null) return undefined;
  const [w, d, h, m, s] = iso.slice(1).map((count) => Number(count ?? 0)) as [number, number, number, number, number];
  return w * unitMs.w + d * unitMs.d + h * unitMs.h + m * unitMs.m + s * unitMs.s;
}
