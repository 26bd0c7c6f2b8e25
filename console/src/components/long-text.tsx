import { Anchor } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { beginningOf, count } from './words.ts';

const mostCharacters = 500;

/** Text of which the beginning is shown until all is asked for: a value may have a million characters, and a list of changes fifty of them. */
export function LongText({ text, most = mostCharacters }: { text: string; most?: number }) {
  const [isWhole, { open }] = useDisclosure();
  if (isWhole || text.length <= most) return text;
  return (
    <>
      {beginningOf(text, most)}{' '}
      <Anchor component="button" type="button" inherit onClick={open}>
        Show all {count(text.length)} characters
      </Anchor>
    </>
  );
}
