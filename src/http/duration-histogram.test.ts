import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { DurationHistogram } from './duration-histogram.ts';
import { createMetrics } from './metrics.ts';

const name = 'keyway_http_request_duration_seconds';
const help = 'From the head of a request to the end of its answer.';

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.includes(name))
    .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join(',')}}`));

describe('the durations of requests', () => {
  it('are told as prom-client’s own histogram tells them', async () => {
    const registry = new Registry();
    const theirs = new Histogram({
      name,
      help,
      labelNames: ['dialect', 'operation', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600],
      registers: [registry],
    });
    const ours = createMetrics(() => 0);
    for (const [operation, status, seconds] of [
      ['upsert', 200, 0.001],
      ['upsert', 201, 0.0011],
      [null, 404, 3],
      ['upsert', null, 1000],
      ['upsert', 200, 0],
    ] as const) {
      const statusClass = status === null ? 'aborted' : `${Math.floor(status / 100)}xx`;
      theirs.observe({ dialect: 'native', operation: operation ?? 'none', status: statusClass }, seconds);
      ours.observe({ dialect: 'native', operation, status, seconds });
    }
    expect(linesOf(await ours.registry.metrics())).toEqual(linesOf(await registry.metrics()));
  });

  it('are none before the first request', async () => {
    expect(await new DurationHistogram({ name, help }).get()).toMatchObject({ values: [] });
  });
});
