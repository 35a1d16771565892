// A history so small that it stands in a line of text: a path of its own, without the chart library.

export interface Sparkline {
  /** The line, broken where values are missing. */
  path: string;
  /** The last value. */
  end: { x: number; y: number } | undefined;
}

/** The path of these values in a box; the base line is zero unless all values are far above it. */
export function sparkline(values: readonly (number | null)[], width: number, height: number): Sparkline {
  const known = values.filter((value) => value !== null);
  const most = Math.max(...known);
  const least = Math.min(...known);
  const floor = least > most * 0.6 ? least - (most - least) * 0.2 : Math.min(0, least);
  const span = most - floor || 1;
  const pad = 2;
  const x = (index: number) => pad + (index / Math.max(1, values.length - 1)) * (width - 2 * pad);
  const y = (value: number) => height - pad - ((value - floor) / span) * (height - 2 * pad);
  let path = '';
  let isDrawing = false;
  let end: Sparkline['end'];
  values.forEach((value, index) => {
    if (value === null) {
      isDrawing = false;
      return;
    }
    const at = { x: x(index), y: y(value) };
    path += `${isDrawing ? 'L' : 'M'}${at.x.toFixed(1)} ${at.y.toFixed(1)}`;
    isDrawing = true;
    end = at;
  });
  return { path, end };
}
