import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: { target: 'es2023', reportCompressedSize: false, chunkSizeWarningLimit: 1000 },
  server: {
    // `npm run dev:console`, beside `npm start`.
    proxy: Object.fromEntries(['/v1', '/docs'].map((path) => [path, { target: 'http://127.0.0.1:8080' }])),
  },
});
