// English. One file a part of the product.

import { account } from './en/account.ts';
import { frame } from './en/frame.ts';
import { imports } from './en/imports.ts';
import { insight } from './en/insight.ts';
import { measures } from './en/measures.ts';
import { people } from './en/people.ts';
import { settings } from './en/settings.ts';
import { start } from './en/start.ts';
import { ui } from './en/ui.ts';
import { work } from './en/work.ts';

export const en = { ui, frame, start, imports, insight, measures, work, settings, account, people };
