// Every benchmark by its name. Those of one family share a stage, and with it the records that the first of them stores.
import { bulkInsert, bulkUpdate } from './bulk.ts';
import { cost } from './cost.ts';
import { exportRecords } from './exports.ts';
import type { Figure, Result } from './figure.ts';
import { growth } from './growth.ts';
import { bulkLinks, singleLink } from './links.ts';
import { lists } from './lists.ts';
import { bodyOfFiveMillion } from './memory.ts';
import { peers } from './peers.ts';
import { plans } from './plans.ts';
import { setOnePercent, setUnchanged, setXml } from './sets.ts';
import { hotKey, singleGet, singleLatency, singleUpsert, twoServers } from './singles.ts';
import type { Stage } from './stage.ts';
import { secondStart } from './start.ts';

type Benchmark = (stage: Stage) => Promise<Figure | Result | Figure[]>;
type Family = {
  /** In this order. */
  readonly benchmarks: Readonly<Record<string, Benchmark>>;
  /** Runs only when it is named. */
  readonly isOptional?: true;
};

export const families: readonly Family[] = [
  {
    benchmarks: {
      'single-upsert': singleUpsert,
      'single-latency': singleLatency,
      'single-get': singleGet,
      'single-link': singleLink,
      'hot-key': hotKey,
      'two-servers': twoServers,
    },
  },
  {
    benchmarks: {
      'bulk-insert': bulkInsert,
      'bulk-update': bulkUpdate,
      'bulk-links': bulkLinks,
      export: exportRecords,
      plans,
      lists,
      start: secondStart,
    },
  },
  { benchmarks: { 'set-unchanged': setUnchanged, 'set-1pct': setOnePercent, 'set-xml': setXml } },
  { benchmarks: { peers } },
  { benchmarks: { 'body-5m': bodyOfFiveMillion }, isOptional: true },
  { benchmarks: { growth }, isOptional: true },
  { benchmarks: { cost }, isOptional: true },
];
