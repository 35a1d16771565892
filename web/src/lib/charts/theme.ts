// The colours of the charts: the hexadecimal twins of the tokens in lib/ui/tokens.css (a test compares them), because
// charts are also drawn where no style sheet exists. One hue means one thing on every screen.

export type ThemeName = 'light' | 'dark' | 'contrast' | 'contrast-dark' | 'print';

export interface Theme {
  name: ThemeName;
  /** What the chart stands on. */
  paper: string;
  ink: string;
  /** Axis labels and notes. */
  muted: string;
  /** Grid lines. */
  grid: string;
  /** The base line of the plot. */
  axis: string;
  accent: string;
  good: string;
  watch: string;
  bad: string;
  info: string;
  /** Eight hues that survive colour blindness and, by their lightness, greyscale. The order is fixed. */
  data: readonly string[];
  /** Draws patterns over areas, for eyes and printers that cannot tell the hues apart. */
  patterns: boolean;
  font: string;
}

/** The typeface of all themes: that of the page, or what stands in for it. */
export const FONT = "'Inter Variable', Inter, 'Helvetica Neue', Arial, sans-serif";

const LIGHT: Theme = {
  name: 'light',
  paper: '#ffffff',
  ink: '#1b1d22',
  muted: '#62666f',
  grid: '#e7e8eb',
  axis: '#a9adb5',
  accent: '#2a5fd0',
  good: '#0e7545',
  watch: '#915900',
  bad: '#bc2e26',
  info: '#2a5fd0',
  data: ['#2f66b5', '#e0913a', '#17897f', '#bd3f5f', '#8069bf', '#c9ac34', '#5d95c9', '#6e7480'],
  patterns: false,
  font: FONT,
};

const DARK: Theme = {
  name: 'dark',
  paper: '#17181c',
  ink: '#eceef2',
  muted: '#9ba0aa',
  grid: '#2b2d33',
  axis: '#5a5e68',
  accent: '#7ba6ff',
  good: '#5cc48d',
  watch: '#e0ab4c',
  bad: '#f2786d',
  info: '#7ba6ff',
  data: ['#6c9fe8', '#e9a357', '#45b3a6', '#e0708d', '#a794e0', '#d8c060', '#8fbfe8', '#9ba0aa'],
  patterns: false,
  font: FONT,
};

const CONTRAST: Theme = {
  ...LIGHT,
  name: 'contrast',
  ink: '#000000',
  muted: '#2b2d33',
  grid: '#9b9ea5',
  axis: '#373a42',
  accent: '#1140a4',
  good: '#005730',
  watch: '#6b3f00',
  bad: '#921411',
  info: '#1140a4',
  patterns: true,
};

const CONTRAST_DARK: Theme = {
  ...DARK,
  name: 'contrast-dark',
  paper: '#000000',
  ink: '#ffffff',
  muted: '#d5d7dd',
  grid: '#6f7179',
  axis: '#caced7',
  accent: '#99bdff',
  good: '#73dea4',
  watch: '#f8c56e',
  bad: '#fe9c91',
  info: '#99bdff',
  patterns: true,
};

const PRINT: Theme = { ...LIGHT, name: 'print', ink: '#000000', muted: '#3c3f46', patterns: true };

const THEMES: Record<ThemeName, Theme> = {
  light: LIGHT,
  dark: DARK,
  contrast: CONTRAST,
  'contrast-dark': CONTRAST_DARK,
  print: PRINT,
};

/** The theme of this name; light when there is none. */
export function theme(name: string): Theme {
  return THEMES[name as ThemeName] ?? LIGHT;
}

export const themes: readonly Theme[] = Object.values(THEMES);

/** The colour of the n-th series. */
export function hue(theme: Theme, index: number): string {
  return theme.data[index % theme.data.length] ?? theme.muted;
}

/** The colour of "so sure": the surer, the stronger. */
export function confidence(theme: Theme, percent: number): string {
  if (percent >= 95) return mix(theme.accent, theme.ink, 0.45);
  if (percent >= 85) return theme.accent;
  if (percent >= 70) return mix(theme.accent, theme.paper, 0.25);
  return mix(theme.accent, theme.paper, 0.4);
}

/** The same for text, which must stay readable whatever it claims. */
export function claimInk(theme: Theme, percent: number): string {
  return percent === 85 ? theme.accent : theme.muted;
}

const WORK_TYPES = ['feature', 'defect', 'debt', 'risk'];
const WORK_TYPE_HUES = [0, 3, 5, 4];

/** The colour of a work type. */
export function workTypeHue(theme: Theme, workType: string): string {
  const index = WORK_TYPES.indexOf(workType);
  return index < 0 ? mix(theme.muted, theme.paper, 0.4) : hue(theme, WORK_TYPE_HUES[index] ?? 7);
}

/** The colour of the n-th of so many stages of one category: working ones grow from light to dark in blue, waiting ones
 * in orange; what is before and after them is neutral, so that colour stands for work under way. */
export function stageHue(theme: Theme, category: string, index: number, count: number): string {
  if (category === 'todo') return mix(theme.muted, theme.paper, 0.7);
  if (category === 'done' || category === 'cancelled') return mix(theme.muted, theme.paper, 0.42);
  const part = count < 2 ? 0 : 0.55 * (1 - index / (count - 1));
  return mix(hue(theme, category === 'waiting' ? 1 : 0), theme.paper, part);
}

/** A colour between two: `part` 0 is the first, 1 the second. */
export function mix(from: string, to: string, part: number): string {
  const channel = (colour: string, index: number) =>
    Number.parseInt(colour.slice(1 + index * 2, 3 + index * 2), 16);
  const mixed = [0, 1, 2].map((index) =>
    Math.round(channel(from, index) * (1 - part) + channel(to, index) * part),
  );
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
