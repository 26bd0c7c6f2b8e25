/** Figures for Prometheus. */
import { collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';
import { DurationHistogram } from './duration-histogram.ts';

export type Metrics = {
  readonly registry: Registry;
  /** `status` is null when the client left before the answer. */
  observe(request: { dialect: string; operation: string | null; status: number | null; seconds: number }): void;
};

export function createMetrics(requestsInFlight: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new DurationHistogram({
    name: 'keyway_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
  });
  registry.registerMetric(duration as unknown as Metric);
  new Gauge({
    name: 'keyway_http_requests_in_flight',
    help: 'Requests at work now.',
    registers: [registry],
    collect() {
      this.set(requestsInFlight());
    },
  });
  return {
    registry,
    observe({ dialect, operation, status, seconds }) {
      const statusClass = status === null ? 'aborted' : `${Math.floor(status / 100)}xx`;
      duration.observe({ dialect, operation: operation ?? 'none', status: statusClass }, seconds);
    },
  };
}
