// A language for tests: English with accents and a third longer, which is laid out from right to left. What is missing
// in the catalogues, does not fit, or stands on the wrong side, shows.

const ACCENTS: Record<string, string> = {
  a: 'á',
  e: 'é',
  i: 'í',
  o: 'ó',
  u: 'ú',
  n: 'ñ',
  A: 'Á',
  E: 'É',
  I: 'Í',
  O: 'Ó',
  U: 'Ú',
};

function lengthened(text: string): string {
  if (!/[a-z]/i.test(text)) return text;
  const accented = text.replaceAll(/[aeiounAEIOU]/g, (letter) => ACCENTS[letter] ?? letter);
  return `${accented}${'~'.repeat(Math.ceil(text.length / 3))}`;
}

/** The messages as nobody writes them. */
export function pseudo<Messages>(messages: Messages): Messages {
  if (typeof messages === 'string') return lengthened(messages) as Messages;
  if (typeof messages === 'function') {
    return ((...values: unknown[]) => pseudo(messages(...values) as unknown)) as Messages;
  }
  if (Array.isArray(messages)) return messages.map((it: unknown) => pseudo(it)) as Messages;
  if (typeof messages !== 'object' || messages === null) return messages;
  return Object.fromEntries(
    Object.entries(messages).map(([name, it]: [string, unknown]) => [name, pseudo(it)]),
  ) as Messages;
}
