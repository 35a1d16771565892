// How the client looks, speaks and listens on this device.

import type { Spoken } from '#lib/messages/languages.ts';

export type Theme = 'auto' | 'light' | 'dark';
export type Contrast = 'auto' | 'more' | 'normal';

/** A language of the client, or the browser's. */
export type LanguageWish = 'auto' | Spoken;

interface Stored {
  language: LanguageWish;
  theme: Theme;
  contrast: Contrast;
  shortcuts: boolean;
  sidebarOpen: boolean;
  lastUnit: string;
}

const KEY = 'headway.preferences';
const DEFAULTS: Stored = {
  language: 'auto',
  theme: 'auto',
  contrast: 'auto',
  shortcuts: true,
  sidebarOpen: true,
  lastUnit: '',
};

function read(): Stored {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Stored>) };
  } catch {
    return DEFAULTS;
  }
}

class Preferences {
  #stored = $state(read());

  get language(): LanguageWish {
    return this.#stored.language;
  }

  get theme(): Theme {
    return this.#stored.theme;
  }

  get contrast(): Contrast {
    return this.#stored.contrast;
  }

  get shortcuts(): boolean {
    return this.#stored.shortcuts;
  }

  get sidebarOpen(): boolean {
    return this.#stored.sidebarOpen;
  }

  /** The unit that was looked at last: the start page opens it. */
  get lastUnit(): string {
    return this.#stored.lastUnit;
  }

  set(change: Partial<Stored>): void {
    Object.assign(this.#stored, change);
    this.apply();
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#stored));
    } catch {
      // A browser without storage forgets: the choice holds for this visit.
    }
  }

  /** Writes theme and contrast where the style sheets look. */
  apply(): void {
    const root = document.documentElement;
    const mark = (name: string, value: string) =>
      value === 'auto' ? root.removeAttribute(name) : root.setAttribute(name, value);
    mark('data-theme', this.theme);
    mark('data-contrast', this.contrast);
  }
}

export const preferences = new Preferences();
