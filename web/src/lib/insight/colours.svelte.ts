// Which of the chart themes fits what the eye sees now: the page's scheme, contrast, or paper.

import { flushSync } from 'svelte';
import { theme, type Theme, type ThemeName } from '../charts/theme.ts';

class Colours {
  #name = $state<ThemeName>('light');

  get theme(): Theme {
    return theme(this.#name);
  }

  /** Follows the scheme of the page until the returned function is called. */
  follow(): () => void {
    const root = document.documentElement;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const contrast = matchMedia('(prefers-contrast: more)');
    let isPrinting = false;
    const update = () => {
      const scheme = root.dataset.theme;
      const isDark = scheme === 'dark' || (scheme !== 'light' && dark.matches);
      const isStrong =
        root.dataset.contrast === 'more' || (root.dataset.contrast !== 'normal' && contrast.matches);
      if (isPrinting) this.#name = 'print';
      else if (isStrong) this.#name = isDark ? 'contrast-dark' : 'contrast';
      else this.#name = isDark ? 'dark' : 'light';
    };
    const print = (event: Event) => {
      isPrinting = event.type === 'beforeprint';
      // The browser takes its picture of the page as soon as this returns.
      flushSync(update);
    };
    const watcher = new MutationObserver(update);
    watcher.observe(root, { attributes: true, attributeFilter: ['data-theme', 'data-contrast'] });
    dark.addEventListener('change', update);
    contrast.addEventListener('change', update);
    addEventListener('beforeprint', print);
    addEventListener('afterprint', print);
    update();
    return () => {
      watcher.disconnect();
      dark.removeEventListener('change', update);
      contrast.removeEventListener('change', update);
      removeEventListener('beforeprint', print);
      removeEventListener('afterprint', print);
    };
  }
}

export const colours = new Colours();
