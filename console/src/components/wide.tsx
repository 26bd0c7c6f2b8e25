import { type ReactNode, useEffect, useRef, useState } from 'react';

/** What is wider than the page scrolls by itself: whoever has no mouse stops at it then, and nowhere else. */
export function Wide({ children }: { children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [isScrolled, setScrolled] = useState(false);
  useEffect(() => {
    const { current: seen } = frame;
    if (seen === null) return;
    const sizes = new ResizeObserver(() => setScrolled(seen.scrollWidth > seen.clientWidth));
    sizes.observe(seen);
    for (const child of seen.children) sizes.observe(child);
    return () => sizes.disconnect();
  }, []);
  return (
    <div className="scroll" ref={frame} tabIndex={isScrolled ? 0 : undefined}>
      {children}
    </div>
  );
}
