import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** From the lightest to the darkest; 7 and beyond are dark enough for white text on them. */
const keyway: MantineColorsTuple = [
  '#e6fcf5',
  '#c3fae8',
  '#96f2d7',
  '#63e6be',
  '#38d9a9',
  '#12b886',
  '#0b8f6b',
  '#087f5b',
  '#066649',
  '#045038',
];

export const theme = createTheme({
  colors: { keyway },
  primaryColor: 'keyway',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
});

/** The library's own grey for what is less important is too light to be read by everybody. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#575f67' },
  dark: { '--mantine-color-dimmed': '#a6adb4' },
});
