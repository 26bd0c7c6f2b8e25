import { Button, Text, Textarea } from '@mantine/core';
import { useMemo, useRef } from 'react';
import { ApiProblem } from '../../../api/client.ts';
import type { Editing } from '../use-editing.ts';
import { type Draft, textOf } from './draft.ts';

/** The whole schema as text. */
export function YamlEditor({ draft, editing }: { draft: Draft; editing: Editing }) {
  const text = useMemo(() => textOf(draft), [draft]);
  const input = useRef<HTMLTextAreaElement>(null);
  const line = lineOf(editing.fault);
  return (
    <>
      <Text size="sm" c="dimmed">
        What the text leaves out is removed. All of it is applied, or nothing. Comments help while it is edited, by form
        too; they are not stored.
      </Text>
      <Textarea
        ref={input}
        label="Schema as YAML"
        autosize
        minRows={12}
        maxRows={28}
        spellCheck={false}
        autoComplete="off"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13, whiteSpace: 'pre' } }}
        value={text}
        onChange={({ currentTarget }) => editing.edit({ from: draft.from, typed: currentTarget.value, formed: null })}
      />
      {line > 0 && (
        <Button
          size="compact-sm"
          variant="default"
          style={{ alignSelf: 'start' }}
          onClick={() => input.current && show(input.current, line)}
        >
          Show line {line}
        </Button>
      )}
    </>
  );
}

/** What is no YAML has a line where reading it ended: it is shown in the text, which has no numbers. */
const lineOf = (fault: unknown): number =>
  fault instanceof ApiProblem && fault.problem.code === 'malformed_body'
    ? Number(/\bline (\d+)/.exec(fault.message)?.[1] ?? 0)
    : 0;

/** @param line from 1. */
function show(input: HTMLTextAreaElement, line: number): void {
  const { value: text } = input;
  const before = text
    .split('\n')
    .slice(0, line - 1)
    .join('\n').length;
  const from = line === 1 ? 0 : before + 1;
  const end = text.indexOf('\n', from);
  input.focus();
  input.setSelectionRange(from, end === -1 ? text.length : end);
}
