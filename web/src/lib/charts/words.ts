// The words that charts need: English gives the shape.

import type { english } from './words/en.ts';

export type Words = typeof english;
