/**
 * The theme: Mantine's parts drawn with the tokens of tokens.css, so that a colour is named in one place.
 *
 * Status colours are no Mantine colours: they come with an icon and a word (parts/status-word.tsx).
 */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const sea: MantineColorsTuple = [
  "#edf6fb",
  "#dbeaf3",
  "#b4d5e7",
  "#89bedb",
  "#5fa6cb",
  "#3a8fba",
  "#1c78a6",
  "#0f6a96",
  "#0b5c84",
  "#064a6c",
];

/** Mantine's own greys of the dark theme, in the hue of ours. */
const dark: MantineColorsTuple = [
  "#e4e9ee",
  "#c2cad2",
  "#a3adb7",
  "#7b8792",
  "#3a444f",
  "#2d3640",
  "#1f272f",
  "#141a20",
  "#0f1419",
  "#0b0f13",
];

const QUICK = { duration: 120, transition: "fade" } as const;

export const theme = createTheme({
  primaryColor: "sea",
  primaryShade: 7,
  colors: { sea, dark },
  fontFamily: "var(--sans)",
  fontFamilyMonospace: "var(--mono)",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  radius: { xs: "3px", sm: "6px", md: "6px", lg: "6px", xl: "6px" },
  defaultRadius: "md",
  headings: {
    fontFamily: "var(--sans)",
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "1.3" },
      h2: { fontSize: "16px", lineHeight: "1.4" },
      h3: { fontSize: "14px", lineHeight: "1.4" },
    },
  },
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  components: {
    Button: { defaultProps: { size: "sm" } },
    Modal: {
      defaultProps: { centered: true, transitionProps: QUICK, overlayProps: { backgroundOpacity: 0.4 } },
    },
    Drawer: { defaultProps: { transitionProps: QUICK, overlayProps: { backgroundOpacity: 0.4 } } },
    Popover: { defaultProps: { transitionProps: QUICK, shadow: "float" } },
    Menu: { defaultProps: { transitionProps: QUICK, shadow: "float" } },
    Tooltip: { defaultProps: { transitionProps: QUICK, openDelay: 300 } },
    Select: { defaultProps: { comboboxProps: { transitionProps: QUICK, shadow: "float" } } },
  },
  shadows: { float: "var(--float-shadow)", xl: "var(--float-shadow)", md: "var(--float-shadow)" },
});

const SHARED = {
  "--mantine-color-text": "var(--text)",
  "--mantine-color-body": "var(--surface)",
  "--mantine-color-dimmed": "var(--text-soft)",
  "--mantine-color-placeholder": "var(--text-soft)",
  "--mantine-color-anchor": "var(--accent-text)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--surface-hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--line-strong)",
  "--mantine-color-error": "var(--bad)",
  "--mantine-color-disabled": "var(--surface-hover)",
  "--mantine-color-disabled-color": "var(--text-soft)",
  "--mantine-color-disabled-border": "var(--line)",
  "--mantine-color-sea-filled": "var(--accent)",
  "--mantine-color-sea-filled-hover": "var(--accent-hover)",
  "--mantine-color-sea-light": "var(--accent-soft)",
  "--mantine-color-sea-light-hover": "var(--surface-hover)",
  "--mantine-color-sea-light-color": "var(--accent-text)",
  "--mantine-color-sea-outline": "var(--accent-text)",
  "--mantine-color-sea-text": "var(--accent-text)",
  "--mantine-primary-color-filled": "var(--accent)",
  "--mantine-primary-color-filled-hover": "var(--accent-hover)",
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: SHARED, dark: SHARED });
