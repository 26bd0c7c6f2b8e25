import { ActionIcon, Button, Kbd } from '@mantine/core';
import { useDisclosure, useHotkeys, useOs } from '@mantine/hooks';
import { Search } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';

const FindDialog = lazy(async () => ({ default: (await import('./find-dialog.tsx')).FindDialog }));

/** The way to a record from every page, for whoever has a key of it in hand. */
export function FindAnywhere() {
  const [isOpen, { open, close }] = useDisclosure(false, { onOpen: () => setAsked(true) });
  const [wasAsked, setAsked] = useState(false);
  const modifier = useOs() === 'macos' ? '⌘' : 'Ctrl';
  useHotkeys([['mod+K', open]], []); // within a text, too
  useHotkeys([['/', open]]);
  return (
    <>
      <Button
        variant="default"
        visibleFrom="sm"
        fw={400}
        leftSection={<Search size={16} aria-hidden />}
        rightSection={<Kbd size="xs" aria-hidden>{`${modifier} K`}</Kbd>}
        aria-keyshortcuts="Control+K Meta+K /"
        onClick={open}
      >
        Find a record
      </Button>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        hiddenFrom="sm"
        aria-label="Find a record"
        aria-keyshortcuts="Control+K Meta+K /"
        onClick={open}
      >
        <Search size={18} />
      </ActionIcon>
      {wasAsked && (
        <Suspense fallback={null}>
          <FindDialog isOpen={isOpen} close={close} />
        </Suspense>
      )}
    </>
  );
}
