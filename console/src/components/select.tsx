import {
  MultiSelect as LibraryMultiSelect,
  Select as LibrarySelect,
  type MultiSelectProps,
  type SelectProps,
} from '@mantine/core';
import { useReducer } from 'react';

/**
 * Fields of choice, for every page. The list of one has the label of the field, so that it is in the document only while it is
 * open: the label leads to the field and to nothing beside it. It scrolls by itself, as the keyboard goes through it.
 */
export function Select({ comboboxProps, onDropdownOpen, ...props }: SelectProps) {
  return (
    <LibrarySelect {...props} {...useShortLivedList(onDropdownOpen)} comboboxProps={{ ...comboboxProps, ...list }} />
  );
}

export function MultiSelect({ comboboxProps, onDropdownOpen, ...props }: MultiSelectProps) {
  return (
    <LibraryMultiSelect
      {...props}
      {...useShortLivedList(onDropdownOpen)}
      comboboxProps={{ ...comboboxProps, ...list }}
    />
  );
}

const list = { keepMounted: false } as const;

/** When it may be there: on a busy machine it takes more than a moment. */
const soon = [0, 100, 500] as const;

/** That it is open, and which list is its, the field can only say once the list is there: it is drawn again then. */
function useShortLivedList(onDropdownOpen: (() => void) | undefined) {
  const [, drawAgain] = useReducer((times: number) => times + 1, 0);
  return {
    withScrollArea: false,
    openOnFocus: false, // whoever goes on to the next field by keyboard wants to see the page
    onDropdownOpen: () => {
      onDropdownOpen?.();
      for (const ms of soon) setTimeout(drawAgain, ms);
    },
  };
}
