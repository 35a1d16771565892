// The link to a page and the key of what it shows, for the clipboard.

import { m } from '#lib/messages/index.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

/** Copies a text and says so. Browsers refuse on addresses without https. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toasts.show(m.frame.copied(text), { meaning: 'good' });
  } catch {
    toasts.show(m.frame.notCopied, { meaning: 'bad' });
  }
}

export const copyLink = () => copy(location.href);

/** The key of the record that a page is about, when it is about one. */
export function keyOf(data: { item?: { label: string } }): string | undefined {
  return data.item?.label;
}
