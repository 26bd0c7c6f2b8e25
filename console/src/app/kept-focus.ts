/** A button that is at work is disabled and so loses the focus: whoever works by keyboard would begin anew. It has it back as soon as it can be used again, unless something else took it; what the answer has shown meanwhile stays in sight. */
export function keepFocus(page: Document): void {
  let last: HTMLElement | undefined;
  page.addEventListener('focusin', ({ target }) => {
    last = target instanceof HTMLElement ? target : undefined;
  });
  const giveBack = (): void => {
    if (page.activeElement === page.body && last?.isConnected && !last.matches(':disabled'))
      last.focus({ preventScroll: true });
  };
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => target === last)) giveBack();
  }).observe(page.body, { subtree: true, attributeFilter: ['disabled'] });
}
