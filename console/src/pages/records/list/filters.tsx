import { Button, Checkbox, Group, Pill, Popover, ScrollArea, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Columns3, Filter as FilterIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Asked } from './asked.ts';
import type { Column } from './columns.ts';
import { FilterForm } from './filter-form.tsx';
import { filterInWords } from './operators.ts';

/** Which filters there are, each with a way to be rid of it. */
export function FilterPills({ all, asked }: { all: readonly Column[]; asked: Asked }) {
  if (asked.filters.length === 0) return null;
  return (
    <Group gap="xs" component="ul" aria-label="Filters" p={0} m={0} style={{ listStyle: 'none' }}>
      {asked.filters.map((filter) => {
        const column = all.find(({ key }) => key === filter.field);
        const shown = column?.options.find(({ value }) => value === filter.value)?.label ?? filter.value;
        const words = filterInWords(column?.label ?? filter.field, filter.operator, shown);
        return (
          <li key={`${filter.field} ${filter.operator}`}>
            <Pill
              size="md"
              withRemoveButton
              onRemove={() => asked.removeFilter(filter)}
              removeButtonProps={{ 'aria-label': `Remove the filter ${words}`, 'aria-hidden': false, tabIndex: 0 }}
            >
              {words}
            </Pill>
          </li>
        );
      })}
    </Group>
  );
}

export const AddFilter = ({ all, asked }: { all: readonly Column[]; asked: Asked }) => (
  <Tool label="Filter" icon={<FilterIcon size={16} aria-hidden />}>
    {(close) => <FilterForm columns={all} asked={asked} done={close} />}
  </Tool>
);

export const ChooseColumns = ({ all, asked }: { all: readonly Column[]; asked: Asked }) => (
  <Tool label="Columns" icon={<Columns3 size={16} aria-hidden />}>
    {() => <ColumnList all={all} asked={asked} />}
  </Tool>
);

/** A button of the bar above the grid, and what it opens. */
function Tool({
  label,
  icon,
  children,
}: {
  label: string;
  icon: ReactNode;
  children: (close: () => void) => ReactNode;
}) {
  const [isOpen, { toggle, close }] = useDisclosure();
  return (
    <Popover opened={isOpen} onChange={close} trapFocus position="bottom-start" shadow="md" withRoles={false}>
      <Popover.Target>
        <Button variant="default" leftSection={icon} onClick={toggle} aria-expanded={isOpen}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={label}>
        {children(close)}
      </Popover.Dropdown>
    </Popover>
  );
}

/** What was clicked is checked at once; the address, and with it the grid, follows. */
function ColumnList({ all, asked }: { all: readonly Column[]; asked: Asked }) {
  const [chosen, setChosen] = useState(asked.columns.map(({ key }) => key));
  return (
    <ScrollArea.Autosize mah={360} type="auto">
      <Checkbox.Group
        label="Columns"
        value={chosen}
        // One that is added comes last: the others stay where they are.
        onChange={(keys) => {
          if (keys.length === 0) return;
          setChosen(keys);
          asked.setColumns(keys);
        }}
      >
        <Stack gap="xs" mt="xs">
          {all.map(({ key, label }) => (
            <Checkbox key={key} value={key} label={label} />
          ))}
        </Stack>
      </Checkbox.Group>
    </ScrollArea.Autosize>
  );
}
