// What a catalogue is. English gives the shape; every other language is an object of the type `Translation` of it, so
// that a missing or an additional message does not compile.

/** Messages that are looked up by a name from outside, such as a code of the API: every name may be asked for. */
export function byName<Name extends string, Message>(
  messages: Record<Name, Message>,
): Record<Name, Message> & { readonly [name: string]: Message } {
  return messages;
}

/** A list whose length every language shares. */
export function list<Messages extends readonly string[]>(
  ...messages: Messages
): { [Place in keyof Messages]: string } {
  return messages as { [Place in keyof Messages]: string };
}

/** The same messages in another language. */
export type Translation<Messages> = Messages extends (...values: never) => unknown
  ? Messages
  : Messages extends readonly unknown[]
    ? { [Place in keyof Messages]: Translation<Messages[Place]> }
    : Messages extends object
      ? { [Name in keyof Messages as string extends Name ? never : Name]: Translation<Messages[Name]> }
      : Messages;

/** How many values each message takes: functions with fewer parameters would pass as translations otherwise. */
export type Values<Messages> = Messages extends (...values: infer Taken) => unknown
  ? Taken['length']
  : Messages extends object
    ? { [Name in keyof Messages as string extends Name ? never : Name]: Values<Messages[Name]> }
    : 0;

/** Compiles only where a translation takes the values of the original. */
export type SameValues<Original, Translated extends Original> = Translated;
