// Numbers as text, and round scales for axes. No Intl: see day.ts.

/** How a language writes numbers. */
export interface Numbers {
  /** `12,345`, `3.4`, `0.07`: at most `digits` decimals, one unless told otherwise, trailing zeros dropped. */
  number: (value: number, digits?: number) => string;
  /** `62 %` of a share between 0 and 1. Never 100 % for less than all, never 0 % for more than none. */
  percent: (share: number) => string;
}

/** Numbers with these signs for decimals and for thousands. */
export function numbers(decimal: string, group: string): Numbers {
  const number = (value: number, digits = 1): string => {
    if (!Number.isFinite(value)) return '–';
    const rounded = value.toFixed(digits);
    const [whole = '0', fraction = ''] = rounded.split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, group);
    const kept = fraction.replace(/0+$/, '');
    const text = kept === '' ? grouped : `${grouped}${decimal}${kept}`;
    return (text === '-0' ? '0' : text).replace('-', '−');
  };
  const percent = (share: number): string => {
    const whole = Math.round(share * 100);
    if (whole === 100 && share < 1) return '> 99 %';
    if (whole === 0 && share > 0) return '< 1 %';
    return `${number(whole, 0)} %`;
  };
  return { number, percent };
}

export interface Scale {
  min: number;
  max: number;
  ticks: number[];
}

/** An axis from `least` (or below) to `most` (or above) with about `wanted` round steps. */
export function scale(least: number, most: number, wanted = 5): Scale {
  const min = Number.isFinite(least) ? Math.min(least, most) : 0;
  const max = Number.isFinite(most) && most > min ? most : min + 1;
  const rough = (max - min) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((times) => times * power >= rough * 0.999) ?? 10) * power;
  const first = Math.floor(min / step + 1e-9) * step;
  const last = Math.ceil(max / step - 1e-9) * step;
  const count = Math.round((last - first) / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => tidy(first + index * step));
  return { min: tidy(first), max: tidy(last), ticks };
}

/** As `scale`, with whole steps only. */
export function wholeScale(most: number, wanted = 5): Scale {
  return scale(0, Math.max(most, Math.min(wanted, 4)), wanted);
}

/** A logarithmic axis from 1: 1, 2, 5, 10, 20, … */
export function logScale(most: number): Scale {
  const ticks = [1];
  for (let power = 1; (ticks.at(-1) ?? 1) < most; power *= 10) {
    for (const times of [2, 5, 10]) if ((ticks.at(-1) ?? 1) < most) ticks.push(times * power);
  }
  return { min: 1, max: Math.max(2, ticks.at(-1) ?? 2), ticks };
}

function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
