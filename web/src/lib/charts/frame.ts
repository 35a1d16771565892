// What all charts share: the plot's geometry, axes, grid, title, tooltip, and marks at exact places. Axes and marks are
// drawn from the same scale as the data, so that labels at the right edge can be kept from touching each other.

import type { About, Canvas, Option, Series } from './chart.ts';
import { dayNumber, dayTicks, type Tick } from './day.ts';
import { type Scale } from './number.ts';
import { FONT, type Theme } from './theme.ts';
import type { Words } from './words.ts';

/** The area between the axes, and where a value stands in it. */
export interface Plot {
  left: number;
  top: number;
  right: number;
  bottom: number;
  x(value: number): number;
  y(value: number): number;
}

/** One element of the drawing that is not data. */
export type Mark = Record<string, unknown>;

export interface Axis {
  min: number;
  max: number;
  ticks: Tick[];
  log?: boolean;
  /** Whether lines cross the plot at the ticks. */
  grid?: boolean;
}

interface Margins {
  /** Room above the plot for numbers over the bars. */
  top?: number;
  left?: number;
  right?: number;
  bottom?: number;
}

/** An entry of the small key above the plot, where labels at the data do not fit. */
export interface KeyEntry {
  label: string;
  colour: unknown;
  shape?: 'square' | 'dot' | 'ring' | 'diamond' | 'line' | 'dash';
}

export interface FrameInput {
  question: string;
  summary: string;
  /** What the vertical axis counts; stands above the plot. */
  unit: string;
  key?: readonly KeyEntry[];
  x: Axis;
  y: Axis;
  margins?: Margins;
  /** A remark below the plot. */
  note?: string | undefined;
  trigger?: 'item' | 'axis';
}

export interface Frame {
  plot: Plot;
  /** The option without data; `marks` go above the grid and below the data unless they say otherwise. */
  draw(series: Series[], marks: readonly Mark[]): Option;
}

const LABEL = 11;
const TEXT = 12;

/** Sets up the frame of a chart. */
export function frame(canvas: Canvas, input: FrameInput): Frame {
  const { theme, width, height } = canvas;
  const head = canvas.titled ? 30 : 0;
  const key = keyLines(theme, input.key ?? [], width);
  const unit = input.unit === '' ? [] : wrap(input.unit, width - 8);
  const keyTop = head + (unit.length === 0 ? 0 : unit.length * 15 + 9);
  const top = keyTop + key.height + 6 + (input.margins?.top ?? 0);
  const note = input.note === undefined ? [] : wrap(input.note, width - 8);
  const hasXLabels = input.x.ticks.length > 0;
  const twoLines = input.x.ticks.some((tick) => tick.label.includes('\n'));
  const bottom =
    height - (input.margins?.bottom ?? (hasXLabels ? (twoLines ? 36 : 22) : 6)) - note.length * 16;
  const widest = Math.max(0, ...input.y.ticks.map((tick) => textWidth(tick.label)));
  const left = input.margins?.left ?? Math.ceil(widest) + 10;
  const right = width - (input.margins?.right ?? 12);
  const plot = geometry(input, { left, top, right, bottom });
  const marks: Mark[] = [];
  if (canvas.titled)
    marks.push(text(2, 4, input.question, { colour: theme.ink, size: 15, weight: 600, valign: 'top' }));
  unit.forEach((content, index) => {
    marks.push(text(2, head + 3 + index * 15, content, { colour: theme.muted, size: TEXT, valign: 'top' }));
  });
  marks.push(...key.at(2, keyTop));
  marks.push(...axisMarks(theme, plot, input));
  note.forEach((line, index) => {
    const y = height - (note.length - index) * 16 + 8;
    marks.push(text(2, y, line, { colour: theme.muted, size: LABEL }));
  });
  return {
    plot,
    draw: (series, more) => ({
      animation: false,
      backgroundColor: canvas.titled ? theme.paper : 'transparent',
      textStyle: { fontFamily: theme.font, color: theme.ink, fontSize: TEXT },
      aria: { enabled: true, label: { description: input.summary } },
      grid: { left, top, right: width - right, bottom: height - bottom, outerBoundsMode: 'none' },
      xAxis: hiddenAxis(input.x),
      yAxis: hiddenAxis(input.y),
      tooltip: tooltip(theme, input.trigger ?? 'item'),
      graphic: [...marks, ...more],
      // A picture on its own cannot be pointed at; without this the library adds styles for hovering.
      series: canvas.titled
        ? series.map((one) => ({ ...one, silent: true, emphasis: { disabled: true } }) as Series)
        : series,
    }),
  };
}

function geometry(
  input: FrameInput,
  area: { left: number; top: number; right: number; bottom: number },
): Plot {
  const place = (axis: Axis, value: number) => {
    if (!axis.log) return (value - axis.min) / (axis.max - axis.min);
    return Math.log(Math.max(value, axis.min) / axis.min) / Math.log(axis.max / axis.min);
  };
  return {
    ...area,
    x: (value) => area.left + place(input.x, value) * (area.right - area.left),
    y: (value) => area.bottom - place(input.y, value) * (area.bottom - area.top),
  };
}

function hiddenAxis(axis: Axis): object {
  const off = { show: false };
  const type = axis.log ? 'log' : 'value';
  // The marks stand on this very scale: the library must not widen it for the width of bars.
  return {
    type,
    min: axis.min,
    max: axis.max,
    containShape: false,
    axisLine: off,
    axisTick: off,
    axisLabel: off,
    splitLine: off,
  };
}

function axisMarks(theme: Theme, plot: Plot, { x, y }: FrameInput): Mark[] {
  const marks: Mark[] = [];
  for (const tick of y.ticks) {
    const at = plot.y(tick.at);
    if (y.grid !== false) marks.push(line(plot.left, at, plot.right, at, { colour: theme.grid }));
    marks.push(text(plot.left - 6, at, tick.label, { colour: theme.muted, align: 'right' }));
  }
  if (y.ticks.length > 0)
    marks.push(line(plot.left, plot.bottom, plot.right, plot.bottom, { colour: theme.axis }));
  for (const tick of x.ticks) {
    const at = plot.x(tick.at);
    if (x.grid) marks.push(line(at, plot.top, at, plot.bottom, { colour: theme.grid }));
    else marks.push(line(at, plot.bottom, at, plot.bottom + 4, { colour: theme.axis }));
    marks.push(
      text(at, plot.bottom + 7, tick.label, { colour: theme.muted, align: 'center', valign: 'top' }),
    );
  }
  return marks;
}

/** A vertical axis of numbers. */
export function valueAxis(scale: Scale, words: Words): Axis {
  const ticks = scale.ticks.map((at) => ({ at, label: words.number(at, 2) }));
  return { min: scale.min, max: scale.max, ticks };
}

/** A horizontal axis of days. */
export function dayAxis(canvas: Canvas, from: number, to: number, pixels: number): Axis {
  return { min: from, max: Math.max(to, from + 1), ticks: dayTicks(from, to, pixels, canvas.words) };
}

interface TextStyle {
  /** Degrees by which it rises. */
  slant?: number;
  colour: string;
  size?: number;
  weight?: number;
  align?: 'left' | 'center' | 'right';
  valign?: 'top' | 'middle' | 'bottom';
  /** A halo that keeps the text readable over data. */
  halo?: string;
  z?: number;
}

/** Text at a place. */
export function text(x: number, y: number, content: string, style: TextStyle): Mark {
  return {
    type: 'text',
    x,
    y,
    z: style.z ?? 1,
    silent: true,
    ...(style.slant === undefined ? {} : { rotation: (style.slant * Math.PI) / 180 }),
    style: {
      text: content,
      fill: style.colour,
      fontFamily: FONT,
      fontSize: style.size ?? LABEL,
      fontWeight: style.weight ?? 400,
      lineHeight: (style.size ?? LABEL) + 3,
      align: style.align ?? 'left',
      verticalAlign: style.valign ?? 'middle',
      ...(style.halo === undefined ? {} : { stroke: style.halo, lineWidth: 3 }),
    },
  };
}

interface LineStyle {
  colour: string;
  width?: number;
  dash?: number[];
  z?: number;
}

/** A straight line, on the pixel when it is level. */
export function line(x1: number, y1: number, x2: number, y2: number, style: LineStyle): Mark {
  const crisp = (value: number) => Math.floor(value) + 0.5;
  const isLevel = y1 === y2;
  const isUpright = x1 === x2;
  const shape = {
    x1: isUpright ? crisp(x1) : x1,
    x2: isUpright ? crisp(x2) : x2,
    y1: isLevel ? crisp(y1) : y1,
    y2: isLevel ? crisp(y2) : y2,
  };
  const dash = style.dash === undefined ? {} : { lineDash: style.dash };
  return {
    type: 'line',
    z: style.z ?? 0,
    silent: true,
    shape,
    style: { stroke: style.colour, lineWidth: style.width ?? 1, ...dash },
  };
}

/** A filled rectangle between two corners. */
export function box(x1: number, y1: number, x2: number, y2: number, fill: unknown, z = 0): Mark {
  const shape = {
    x: Math.min(x1, x2),
    y: Math.min(y1, y2),
    width: Math.abs(x2 - x1),
    height: Math.abs(y2 - y1),
  };
  return { type: 'rect', z, silent: true, shape, style: { fill } };
}

/** A filled polygon. */
export function polygon(points: readonly (readonly [number, number])[], fill: string, opacity: number): Mark {
  return { type: 'polygon', z: 0, silent: true, shape: { points }, style: { fill, opacity } };
}

/** A label at the right edge, at a height of the plot. */
export interface EdgeLabel {
  y: number;
  text: string;
  colour: string;
  weight?: number;
}

/** Labels right of the plot, moved apart where they would touch. */
export function edgeLabels(plot: Plot, labels: readonly EdgeLabel[]): Mark[] {
  const gap = LABEL + 3;
  const placed = labels.map((label) => ({ ...label, at: label.y })).sort((a, b) => a.y - b.y);
  // Relax: push neighbours apart evenly, then back into the plot; a few rounds settle the handful of labels there are.
  for (let round = 0; round < 40; round += 1) {
    for (let index = 1; index < placed.length; index += 1) {
      const above = placed[index - 1];
      const below = placed[index];
      if (above === undefined || below === undefined) continue;
      const overlap = above.at + gap - below.at;
      if (overlap > 0) {
        above.at -= overlap / 2;
        below.at += overlap / 2;
      }
    }
    for (const label of placed) label.at = Math.min(Math.max(label.at, plot.top), plot.bottom - 4);
  }
  return placed.map((label) =>
    text(plot.right + 6, label.at, label.text, { colour: label.colour, weight: label.weight ?? 400 }),
  );
}

/** The right margin that these labels need. */
export function edgeMargin(labels: readonly string[]): number {
  return Math.ceil(Math.max(0, ...labels.map((label) => textWidth(label)))) + 12;
}

/** A line at today, named, when it is inside the plot. */
export function todayMark(canvas: Canvas, plot: Plot, today: string, from: number, to: number): Mark[] {
  const day = dayNumber(today);
  if (day < from || day > to) return [];
  const x = plot.x(day);
  const align = x > (plot.left + plot.right) / 2 ? 'right' : 'left';
  return [
    line(x, plot.top - 4, x, plot.bottom, { colour: canvas.theme.muted, dash: [2, 3] }),
    text(align === 'right' ? x - 4 : x + 4, plot.top - 2, canvas.words.today, {
      colour: canvas.theme.muted,
      align,
      halo: canvas.theme.paper,
      z: 5,
    }),
  ];
}

/** Lines at the annotated days that are inside the plot. */
export function annotationMarks(canvas: Canvas, plot: Plot, from: number, to: number): Mark[] {
  return canvas.annotations.flatMap(({ day, label }) => {
    const at = dayNumber(day);
    if (at < from || at > to) return [];
    const x = plot.x(at);
    return [
      line(x, plot.top, x, plot.bottom, { colour: canvas.theme.info }),
      text(x + 4, plot.top + 6, label, { colour: canvas.theme.info, halo: canvas.theme.paper, z: 5 }),
    ];
  });
}

/** Diagonal hatching: "not over yet" for bars, "waiting" for time. */
export function hatch(colour: string, paper: string): object {
  const ground = { tag: 'rect', attrs: { width: 6, height: 6, fill: paper }, key: 'ground' };
  const d = 'M-1,1l2,-2M0,6l6,-6M5,7l2,-2';
  const stripes = { tag: 'path', attrs: { d, stroke: colour, 'stroke-width': 1.6 }, key: 'stripes' };
  return {
    svgElement: { tag: 'g', attrs: {}, children: [ground, stripes], key: 'hatch' },
    svgWidth: 6,
    svgHeight: 6,
  };
}

function tooltip(theme: Theme, trigger: 'item' | 'axis'): object {
  return {
    trigger,
    confine: true,
    transitionDuration: 0,
    backgroundColor: theme.paper,
    borderColor: theme.grid,
    borderWidth: 1,
    padding: [6, 9],
    textStyle: { color: theme.ink, fontSize: TEXT, fontFamily: theme.font },
    extraCssText:
      'box-shadow: 0 2px 10px rgb(0 0 0 / 0.14); border-radius: 6px; max-width: 320px; white-space: normal',
    axisPointer: { type: 'line', lineStyle: { color: theme.axis, type: 'solid' }, label: { show: false } },
    formatter: (params: unknown) => {
      const all = Array.isArray(params) ? params : [params];
      const about = all
        .map((one) => (one as { data?: { about?: About } }).data?.about)
        .find((it) => it !== undefined);
      return about === undefined ? '' : tip(about);
    },
  };
}

function tip(about: About): string {
  const title = about.item === undefined ? '' : `<div>${escape(about.item.title)}</div>`;
  const lines = about.lines.map((one) => `<div>${escape(one)}</div>`).join('');
  return `<strong>${escape(about.head)}</strong>${title}${lines}`;
}

function escape(content: string): string {
  return content.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** About how wide a text is at the size of labels. */
export function textWidth(content: string, size = LABEL): number {
  return Math.max(...content.split('\n').map((one) => one.length)) * size * 0.6;
}

/** A text cut so that it fits, with an ellipsis. */
export function fit(content: string, pixels: number, size = LABEL): string {
  const most = Math.max(2, Math.floor(pixels / (size * 0.56)));
  return content.length <= most ? content : `${content.slice(0, most - 1).trimEnd()}…`;
}

function wrap(content: string, pixels: number): string[] {
  const most = Math.floor(pixels / (LABEL * 0.52));
  const lines: string[] = [];
  for (const word of content.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function keyLines(theme: Theme, entries: readonly KeyEntry[], width: number) {
  const places: { entry: KeyEntry; x: number; row: number }[] = [];
  let x = 0;
  let row = 0;
  for (const entry of entries) {
    const needed = textWidth(entry.label) + 34;
    if (x > 0 && x + needed > width) {
      x = 0;
      row += 1;
    }
    places.push({ entry, x, row });
    x += needed;
  }
  const height = entries.length === 0 ? 0 : (row + 1) * 18;
  const at = (left: number, top: number): Mark[] =>
    places.flatMap(({ entry, x: dx, row: atRow }) => {
      const y = top + atRow * 18 + 6;
      const label = text(left + dx + 16, y, entry.label, { colour: theme.ink });
      return [swatch(entry, left + dx, y), label];
    });
  return { height, at };
}

function swatch({ colour, shape }: KeyEntry, x: number, y: number): Mark {
  const base = { z: 1, silent: true };
  if (shape === 'line' || shape === 'dash') {
    const dash = shape === 'dash' ? { dash: [3, 2] } : {};
    return line(x, y, x + 11, y, { colour: String(colour), width: 2, z: 1, ...dash });
  }
  if (shape === 'dot')
    return { ...base, type: 'circle', shape: { cx: x + 5, cy: y, r: 4 }, style: { fill: colour } };
  if (shape === 'ring') {
    const style = { fill: 'none', stroke: colour, lineWidth: 1.6 };
    return { ...base, type: 'circle', shape: { cx: x + 5, cy: y, r: 4 }, style };
  }
  if (shape === 'diamond') {
    const points = [
      [x + 5, y - 5],
      [x + 10, y],
      [x + 5, y + 5],
      [x, y],
    ];
    return { ...base, type: 'polygon', shape: { points }, style: { fill: colour } };
  }
  return { ...base, type: 'rect', shape: { x, y: y - 5, width: 10, height: 10 }, style: { fill: colour } };
}
