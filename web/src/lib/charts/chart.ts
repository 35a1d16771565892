// What a chart is: pure functions from data to a picture, to a table and to a sentence. No DOM, no clock, no Intl, so
// that the same definition draws in the browser and inside the binary.

import type { EChartsOption, SeriesOption } from 'echarts';
import type { ItemRef } from './data.ts';
import type { Theme } from './theme.ts';
import type { Words } from './words.ts';

export type Option = EChartsOption;
export type Series = SeriesOption;

/** A day that deserves a mark on every chart over time: a change, an experiment, a release. */
export interface Annotation {
  day: string;
  label: string;
}

/** What a chart is drawn on. */
export interface Canvas {
  theme: Theme;
  width: number;
  height: number;
  words: Words;
  /** Whether the title is part of the picture; a page has its own heading instead. */
  titled: boolean;
  annotations: readonly Annotation[];
}

type Cell = string | number | null;

/** The chart as a table. Numbers stay numbers, so that they can be compared and copied. */
export interface Table {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/** A chart, defined once. */
export interface Chart<Data> {
  /** Its name in addresses and on the command line. */
  name: string;
  /** The question it answers. */
  question(words: Words): string;
  option(data: Data, canvas: Canvas): Option;
  /** How high it should be, where that depends on the data. */
  height?(data: Data): number;
  table(data: Data, words: Words): Table;
  /** One sentence for those who cannot see it. */
  summary(data: Data, words: Words): string;
}

/** What a drawn point is about: shown on hover, spoken on keyboard focus. */
export interface About {
  head: string;
  lines: readonly string[];
  /** The item to open on click. */
  item?: ItemRef | undefined;
}

/** A datum of a series with what it is about. */
export interface Datum {
  value: (number | null)[];
  about: About;
  itemStyle?: object;
  symbol?: string;
  symbolSize?: number;
}

/** A point that the keyboard can reach. */
export interface Stop {
  seriesIndex: number;
  dataIndex: number;
  x: number;
  about: About;
}

/** The points of a drawn chart from left to right. */
export function stops(option: Option): Stop[] {
  const series = Array.isArray(option.series) ? option.series : [];
  const found = series.flatMap((one, seriesIndex) => {
    const data = Array.isArray(one.data) ? (one.data as unknown[]) : [];
    return data.flatMap((datum, dataIndex) => {
      const { about, value } = (datum ?? {}) as Partial<Datum>;
      return about === undefined ? [] : [{ seriesIndex, dataIndex, x: value?.[0] ?? dataIndex, about }];
    });
  });
  return found.sort((a, b) => a.x - b.x);
}

/** What to say about a point. */
export function spoken(about: About): string {
  return [about.head, ...about.lines].join(', ');
}
