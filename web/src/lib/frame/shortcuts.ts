// Keys. Single keys and chords (`g h`) obey the switch under Appearance; combinations with Ctrl or ⌘ always work.

export interface Shortcut {
  /** One key, or two with a space between. */
  keys: string;
  run: () => void;
}

const CHORD_MS = 1_200;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Handles key presses with these shortcuts; remembers the first key of a chord for a moment. */
export class ShortcutReader {
  #first = '';
  #at = 0;
  #shortcuts: () => Shortcut[];

  constructor(shortcuts: () => Shortcut[]) {
    this.#shortcuts = shortcuts;
  }

  /** Runs what this press asks for; says whether it did. */
  press(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return false;
    if (document.querySelector('[role="dialog"]:not([popover]), [role="menu"]')) return false;
    const chord =
      event.timeStamp - this.#at < CHORD_MS && this.#first ? `${this.#first} ${event.key}` : event.key;
    const found =
      this.#shortcuts().find((it) => it.keys === chord) ??
      this.#shortcuts().find((it) => it.keys === event.key);
    this.#first = found ? '' : event.key;
    this.#at = event.timeStamp;
    found?.run();
    return found !== undefined;
  }
}

/** Sends the form that somebody writes in, as its button would. */
export function save(target: EventTarget | null): boolean {
  const form = target instanceof HTMLElement ? target.closest('form') : null;
  form?.requestSubmit();
  return form !== null;
}

/** Moves the focus to the next (1) or previous (-1) row of the list on screen. */
export function moveInList(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-list-row]')];
  const current = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[current < 0 ? (step > 0 ? 0 : rows.length - 1) : current + step];
  const target = next?.querySelector<HTMLElement>('a, button') ?? next;
  target?.focus();
  target?.scrollIntoView({ block: 'nearest' });
}
