import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core';
import { Check, Copy } from 'lucide-react';

/** Text to be taken along. @param what it is, for whoever hears the page: `endpoint URL`. */
export const CopiedText = ({ text, what, block = false }: { text: string; what: string; block?: boolean }) => (
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
          <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={`Copy the ${what}`}>
            {copied ? <Check size={16} /> : <Copy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  </Group>
);
