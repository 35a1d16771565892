// Accounts: signing in, the set-up, and what belongs to oneself.

import type { Translation } from '../catalogue.ts';
import type { account as english } from '../en/account.ts';

export const account = {
  passwordHint:
    'Mindestens 12 Zeichen. Ein paar Wörter merkt man sich leichter, und sie sind schwerer zu erraten.',
  signIn: {
    title: 'Anmelden',
    email: 'Adresse (E-Mail)',
    password: 'Passwort',
    submit: 'Anmelden',
    wrong: 'Adresse oder Passwort ist falsch',
    wrongHint: 'Prüfe beides und versuch es noch einmal.',
    again: 'Wieder anmelden',
    againHint: 'Deine Sitzung ist zu Ende. Was du siehst und geschrieben hast, bleibt hier stehen.',
  },
  setUp: {
    title: 'Headway einrichten',
    text: 'Lege das erste Konto an. Ihm gehört diese Installation: Es darf alles und lädt die anderen ein.',
    code: 'Code',
    codeHint: 'Der Server hat beim Start einen Link damit ausgegeben. Ein neuer Start gibt einen neuen aus.',
    name: 'Dein Name',
    nameHint: 'So, wie andere ihn sehen.',
    submit: 'Konto anlegen',
  },
  menu: {
    of: (name: string) => `Konto von ${name}`,
    appearance: 'Darstellung',
    signOut: 'Abmelden',
  },
  noRole: {
    title: 'Du bist angemeldet und hast noch keine Rolle',
    text: 'Eine Rolle sagt, welche Teams du siehst und was du dort darfst. Bitte die Leitung deines Teams oder jemanden aus der Administration von Headway um eine. Diese Seite füllt sich von selbst, sobald du sie hast.',
  },
} satisfies Translation<typeof english>;
