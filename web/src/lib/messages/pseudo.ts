// A language for tests: English with accents and a third longer, which is laid out from right to left. What is missing
// in the catalogues, does not fit, or stands on the wrong side, shows.

const ACCENTS: Record<string, string> = {
  a: 'áá',
  e: 'éé',
  i: 'íí',
  o: 'óó',
  u: 'úú',
  A: 'ÁÁ',
  E: 'ÉÉ',
  I: 'ÍÍ',
  O: 'ÓÓ',
  U: 'ÚÚ',
};

const accented = (text: string) => text.replaceAll(/[aeiou]/gi, (letter) => ACCENTS[letter] ?? letter);

/** The messages as nobody writes them. */
export function pseudo<Messages>(messages: Messages): Messages {
  if (typeof messages === 'string') return accented(messages) as Messages;
  if (typeof messages === 'function') {
    return ((...values: unknown[]) => pseudo(messages(...values) as unknown)) as Messages;
  }
  if (Array.isArray(messages)) return messages.map((it: unknown) => pseudo(it)) as Messages;
  if (typeof messages !== 'object' || messages === null) return messages;
  return Object.fromEntries(
    Object.entries(messages).map(([name, it]: [string, unknown]) => [name, pseudo(it)]),
  ) as Messages;
}
