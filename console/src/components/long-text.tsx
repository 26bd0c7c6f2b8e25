import { Anchor } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { beginningOf, count } from './words.ts';

const mostCharacters = 500;

/** Text of which the beginning is shown until all is asked for: a value may have a million characters, and a list of changes fifty of them. */
export function LongText({ text }: { text: string }) {
  const [isWhole, { open }] = useDisclosure();
  if (isWhole || text.length <= mostCharacters) return text;
  return (
    <>
      {beginningOf(text, mostCharacters)}{' '}
      <Anchor component="button" type="button" inherit onClick={open}>
        Show all {count(text.length)} characters
      </Anchor>
    </>
  );
}
