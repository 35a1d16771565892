// The texts of the insight pages.

import { m } from '#lib/messages/index.ts';

export const words = m.insight;
