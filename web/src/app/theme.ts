import {
  Button,
  Card,
  Checkbox,
  createTheme,
  type CSSVariablesResolver,
  Drawer,
  type MantineColorsTuple,
  Modal,
  Paper,
  virtualColor,
} from "@mantine/core";

// Mantine wants ten shades; the console uses two: the accent of the light look (6) and that of the dark one (2).
const light: MantineColorsTuple = [
  "#e8eefc", "#cbd8f8", "#a9bff3", "#86a5ed", "#648be6", "#4370db", "#2450c8", "#1f46b0", "#1a3b95", "#142e75",
];
const dark: MantineColorsTuple = [
  "#1b2541", "#24325a", "#8fb0ff", "#8fb0ff", "#8fb0ff", "#8fb0ff", "#8fb0ff", "#a6c0ff", "#bdd0ff", "#d4e0ff",
];

// What went well, and what went wrong or destroys: one shade for each look.
const one = (color: string): MantineColorsTuple => [color, color, color, color, color, color, color, color, color, color];

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 6 },
  colors: {
    "accent-light": light,
    "accent-dark": dark,
    accent: virtualColor({ name: "accent", light: "accent-light", dark: "accent-dark" }),
    "good-light": one("#1a7f4b"),
    "good-dark": one("#6fd3a0"),
    good: virtualColor({ name: "good", light: "good-light", dark: "good-dark" }),
    "bad-light": one("#b3261e"),
    "bad-dark": one("#ff9b93"),
    bad: virtualColor({ name: "bad", light: "bad-light", dark: "bad-dark" }),
  },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", ui-monospace, monospace',
  fontSizes: { xs: "12px", sm: "12.5px", md: "14px", lg: "16px", xl: "20px" },
  lineHeights: { md: "1.5" },
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "20px", lineHeight: "1.4" }, h2: { fontSize: "16px", lineHeight: "1.5" } } },
  defaultRadius: "sm",
  radius: { xs: "6px", sm: "8px", md: "12px", lg: "14px", xl: "20px" },
  // Below "sm" is a phone: the navigation is a drawer, tables are lists.
  breakpoints: { xs: "30em", sm: "40em", md: "62em", lg: "75em", xl: "88em" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  autoContrast: true,
  luminanceThreshold: 0.35,
  focusRing: "auto",
  cursorType: "pointer",
  components: {
    Button: Button.extend({ defaultProps: { size: "sm" } }),
    Checkbox: Checkbox.extend({ defaultProps: { radius: 4 } }),
    Card: Card.extend({ defaultProps: { radius: "md", withBorder: true } }),
    Paper: Paper.extend({ defaultProps: { radius: "md" } }),
    Modal: Modal.extend({ defaultProps: { radius: "lg", centered: true }, styles: { title: { fontSize: "16px", fontWeight: 600 } } }),
    // A dialog's title is no banner of the page.
    ModalHeader: Modal.Header.extend({ defaultProps: { role: "presentation" } }),
    DrawerHeader: Drawer.Header.extend({ defaultProps: { role: "presentation" } }),
  },
});

/** Mantine's variables, from those of theme.css, which hold for both looks. */
export const resolver: CSSVariablesResolver = () => {
  const shared = {
    // Cards, menus and dialogs lie on the page: see theme.css for its own colour.
    "--mantine-color-body": "var(--tl-surface)",
    "--mantine-color-text": "var(--tl-text)",
    "--mantine-color-dimmed": "var(--tl-soft)",
    "--mantine-color-placeholder": "var(--tl-soft)",
    "--mantine-color-anchor": "var(--tl-accent)",
    "--mantine-color-accent-light-color": "var(--tl-accent)",
    "--mantine-color-error": "var(--tl-bad)",
    "--mantine-color-default": "var(--tl-surface)",
    "--mantine-color-default-hover": "var(--tl-sunken)",
    "--mantine-color-default-color": "var(--tl-text)",
    "--mantine-color-default-border": "var(--tl-strong-line)",
  };
  // In the dark, fields and what is switched off have shades of their own.
  const dim = {
    "--mantine-color-dark-6": "var(--tl-surface)",
    "--mantine-color-dark-4": "var(--tl-strong-line)",
    "--mantine-color-disabled": "var(--tl-sunken)",
    "--mantine-color-disabled-color": "var(--tl-faint)",
  };
  return { variables: {}, light: shared, dark: { ...shared, ...dim } };
};
