import { useLocation } from 'react-router';

/** How far each list was scrolled, by its entry in the browser's history. */
const offsets = new Map<string, number>();

/** Whoever comes back to a list finds it as it was left. */
export function useKeptOffset(): { offset: number; keep: (offset: number) => void } {
  const { key } = useLocation();
  return { offset: offsets.get(key) ?? 0, keep: (offset) => void offsets.set(key, offset) };
}
