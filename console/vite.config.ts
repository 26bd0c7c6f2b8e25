import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// What several pages have in common comes in one piece: as many files as there are modules would wait for each other.
const shared = { name: 'shared', minShareCount: 3 };

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    target: 'es2023',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { output: { codeSplitting: { groups: [shared] } } },
  },
  server: {
    // `npm run dev:console`, beside `npm start`.
    proxy: Object.fromEntries(['/v1', '/docs'].map((path) => [path, { target: 'http://127.0.0.1:8080' }])),
  },
});
