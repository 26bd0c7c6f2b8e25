// Builds the console into console/dist, and compresses what is sent, once and well.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const root = join(import.meta.dirname, '../console');
await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
const assets = join(root, 'dist/assets');
for (const name of readdirSync(assets)) {
  const file = join(assets, name);
  const bytes = readFileSync(file);
  if (bytes.length < 1024 || !/\.(js|css|svg)$/.test(name)) continue;
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}
