/** How far a transfer is: a bar that redraws itself on a terminal, a line now and then anywhere else. On standard error. */
import { clearLine, cursorTo } from 'node:readline';

export const withSeparators = (count: number): string => count.toLocaleString('en');

const barWidth = 24;
const redrawMs = 100;
const lineMs = 10_000;

export class Progress {
  readonly #total: number | null;
  readonly #out: NodeJS.WriteStream;
  readonly #startedAt = performance.now();
  #shownAt = 0;
  #bytes = 0;
  #rows = 0;

  /** @param total bytes; null: not known. */
  constructor(total: number | null, out: NodeJS.WriteStream = process.stderr) {
    this.#total = total;
    this.#out = out;
  }

  /** A new attempt sends the file from its beginning. */
  restart(): void {
    this.#bytes = 0;
  }

  addBytes(count: number): void {
    this.#bytes += count;
    this.#show();
  }

  setRows(rows: number): void {
    this.#rows = rows;
    this.#show();
  }

  /** A line that stays, above the bar. */
  say(line: string): void {
    this.#clear();
    this.#out.write(`${line}\n`);
  }

  end(): void {
    this.#clear();
  }

  #show(): void {
    const now = performance.now();
    if (now - this.#shownAt < (this.#out.isTTY ? redrawMs : lineMs)) return;
    const isFirst = this.#shownAt === 0;
    this.#shownAt = now;
    if (this.#out.isTTY) {
      this.#clear();
      this.#out.write(`${this.#bar()}${this.#text(now)}`);
    } else if (!isFirst) this.#out.write(`${this.#text(now)}\n`);
  }

  #clear(): void {
    if (!this.#out.isTTY) return;
    clearLine(this.#out, 0);
    cursorTo(this.#out, 0);
  }

  #share(): number | null {
    return this.#total === null || this.#total === 0 ? null : Math.min(1, this.#bytes / this.#total);
  }

  #bar(): string {
    const share = this.#share();
    if (share === null) return '';
    const filled = Math.round(share * barWidth);
    return `[${'='.repeat(filled)}${' '.repeat(barWidth - filled)}] `;
  }

  #text(now: number): string {
    const share = this.#share();
    const seconds = Math.max(0.001, (now - this.#startedAt) / 1000);
    const megabytes = `${withSeparators(Math.round(this.#bytes / 1e5) / 10)} MB`;
    const rows =
      this.#rows === 0
        ? ''
        : `, ${withSeparators(this.#rows)} rows, ${withSeparators(Math.round(this.#rows / seconds))} a second`;
    return `${share === null ? '' : `${Math.floor(share * 100)} % `}${megabytes}${rows}`;
  }
}
