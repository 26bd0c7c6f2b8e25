import {
  Badge,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  Input,
  type MantineColorsTuple,
  Modal,
  PasswordInput,
} from '@mantine/core';

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

/** What a reader of the screen is told of the button that closes a dialog. */
const closeButtonProps = { 'aria-label': 'Close' };

export const theme = createTheme({
  colors: { keyway },
  primaryColor: 'keyway',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  components: {
    // States and kinds are words of the API: they stand as it spells them.
    Badge: Badge.extend({ defaultProps: { tt: 'none', miw: 'max-content' } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps } }),
    Modal: Modal.extend({ defaultProps: { closeButtonProps } }),
    // What looks for a field by its label finds that field and nothing beside it: the star of a required one is drawn by the
    // stylesheet, and the eye has other words.
    InputWrapper: Input.Wrapper.extend({ defaultProps: { withAsterisk: false } }),
    PasswordInput: PasswordInput.extend({
      defaultProps: {
        visibilityToggleButtonProps: { 'aria-label': 'Show what is typed' },
        visibilityToggleFocusable: true,
      },
    }),
  },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
});

/** The library's own colours of text are too light, on their tinted grounds, to be read by everybody. */
const onTint = {
  red: '#a82020',
  orange: '#9a3706',
  yellow: '#7a4b00',
  green: '#20662c',
  cyan: '#0a5f6d',
  blue: '#165a9c',
  grape: '#7c2a91',
  gray: '#495057',
};

/** In the dark they tell nothing apart: all are nearly white. */
const onDarkTint = {
  keyway: '#63e6be',
  red: '#ffa8a8',
  orange: '#ffc078',
  yellow: '#ffe066',
  green: '#8ce99a',
  cyan: '#99e9f2',
  blue: '#a5d8ff',
  grape: '#eebefa',
  gray: '#ced4da',
};

const lightColors = (colors: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(colors).map(([name, color]) => [`--mantine-color-${name}-light-color`, color]));

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--keyway-ground': 'var(--mantine-color-gray-0)',
    '--mantine-color-dimmed': '#575f67',
    '--mantine-color-placeholder': '#666e76',
    '--mantine-color-error': '#c02424',
    ...lightColors(onTint),
  },
  dark: {
    '--keyway-ground': 'var(--mantine-color-dark-8)',
    '--mantine-color-dimmed': '#a6adb4',
    '--mantine-color-placeholder': '#9aa1a8',
    '--mantine-color-error': '#ff8a8a',
    ...lightColors(onDarkTint),
  },
});
