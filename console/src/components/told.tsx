import { Code } from '@mantine/core';

/** What the API says: what it puts between backticks is to be typed as it stands. */
export const Told = ({ text }: { text: string }) =>
  // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text stay where they are
  text.split('`').map((piece, place) => (place % 2 === 1 ? <Code key={place}>{piece}</Code> : piece));
