import { call } from './client.ts';

/** Asks for an answer of this media type, and has the browser keep it as a file. */
export async function saveFile(address: string, type: string, name: string): Promise<void> {
  const text = await call<string>('GET', address, { headers: { accept: type } });
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
