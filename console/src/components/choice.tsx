import { Select, type SelectProps } from '@mantine/core';
import { useState } from 'react';

/** A select whose list of options, which has the same label, is there only while the field has the focus: its label leads to the field and to nothing beside it. */
export function Choice(props: SelectProps) {
  const [isAt, setAt] = useState(false);
  return (
    <Select
      {...props}
      onFocus={(event) => {
        setAt(true);
        props.onFocus?.(event);
      }}
      onBlur={(event) => {
        setAt(false);
        props.onBlur?.(event);
      }}
      comboboxProps={{ keepMounted: isAt }}
    />
  );
}
