import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core';
import { Check, Copy } from 'lucide-react';

type Shown = {
  readonly text: string;
  /** What it is, for whoever hears the page: `endpoint URL`. */
  readonly what: string;
  readonly block?: boolean;
  /** A dialog that opens with it begins here. */
  readonly isFirst?: boolean;
};

/** Text to be taken along. */
export const CopiedText = ({ text, what, block = false, isFirst = false }: Shown) => (
  <Group gap="xs" wrap="nowrap" align={block ? 'start' : 'center'}>
    <Code
      block={block}
      style={{ flex: block ? 1 : undefined, overflowWrap: 'anywhere', whiteSpace: block ? 'pre-wrap' : undefined }}
    >
      {text}
    </Code>
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy the ${what}`}>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={copy}
            aria-label={`Copy the ${what}`}
            data-autofocus={isFirst || undefined}
          >
            {copied ? <Check size={16} /> : <Copy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  </Group>
);
