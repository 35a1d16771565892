// The texts of the client. Every visible word comes from here; a second language is a second catalogue of the same
// type, chosen at start.

import { en } from './en.ts';

export type Messages = typeof en;

export const m: Messages = en;
