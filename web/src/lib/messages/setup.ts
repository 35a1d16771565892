// Tests read English unless they speak another language themselves.

import { speak } from './index.ts';

await speak('en');
