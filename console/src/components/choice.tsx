import { Select, type SelectProps } from '@mantine/core';

/** A select whose list of options, which has the same label, is there only while it is open: its label leads to the field and to nothing beside it. */
export const Choice = (props: SelectProps) => <Select {...props} comboboxProps={{ keepMounted: false }} />;
