/** Figures for Prometheus. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = {
  readonly registry: Registry;
  /** `status` is null when the client left before the answer. */
  observe(request: { dialect: string; operation: string | null; status: number | null; seconds: number }): void;
};

export function createMetrics(requestsInFlight: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'keyway_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
    labelNames: ['dialect', 'operation', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600],
    registers: [registry],
  });
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
