#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=8 --heap-growing-percent=100
// Where the process begins. What Node makes of our files is kept for the next start, which then takes half the time. This one cannot be kept,
// and is JavaScript: for TypeScript Node would load its compiler.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'));
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
