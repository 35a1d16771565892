// German, in the words that teams use, which stay the same everywhere. We say du, plainly, and without exclamation
// marks. What is English in the mouth of German teams stays English.
//
//   work item         Vorgang                  throughput          Durchsatz
//   cycle time        Durchlaufzeit            lead time           Gesamtlaufzeit (from creation to done)
//   time to market    Time-to-Market           work in progress    laufende Arbeit; short WIP
//   age               Alter                    ageing, grows old   wird alt
//   flow efficiency   Flusseffizienz           cumulative flow     kumulativer Fluss
//   blocked, blocker  blockiert, Blockade      impediment          Hindernis
//   stage             Phase                    state               Status (of the tracker)
//   started, done     begonnen, fertig         cancelled           verworfen
//   forecast          Prognose                 probability         Wahrscheinlichkeit
//   held (a claim)    traf zu                  signal              Hinweis
//   behaviour         Verhalten                limits              Grenzen
//   variation         Schwankung               percentile          Perzentil
//   deployment        Deployment               change fail rate    Fehlerquote der Änderungen
//   iteration         Iteration                committed           zugesagt
//   velocity          Velocity                 carried over        übertragen
//   team              Team                     unit                Einheit
//   portfolio         Portfolio                program             Programm
//   value stream      Wertstrom                tracker             Tracker
//   import            Import                   mapping             Zuordnung
//   dry run           Probelauf                roll back           zurücknehmen
//   approve           bestätigen               retrospective       Retrospektive
//   objective         Ziel                     risk                Risiko
//   saved view        gespeicherte Ansicht     inbox               Eingang
//   sign in, out      anmelden, abmelden       account             Konto
//   invitation        Einladung                session             Sitzung
//   role, permission  Rolle, Berechtigung      grant               Zuweisung
//   owner             Inhaber (role), Eigner (of work)             member: Mitglied; viewer: Leserin, Leser → Lesend
//   comment, mention  Kommentar, Erwähnung     watch               beobachten
//   audit             Protokoll                settings            Einstellungen
//   server            Server                   palette             Palette

import type { SameValues, Translation, Values } from './catalogue.ts';
import { account } from './de/account.ts';
import { frame } from './de/frame.ts';
import { imports } from './de/imports.ts';
import { insight } from './de/insight.ts';
import { measures } from './de/measures.ts';
import { people } from './de/people.ts';
import { settings } from './de/settings.ts';
import { start } from './de/start.ts';
import { ui } from './de/ui.ts';
import { work } from './de/work.ts';
import type { en } from './en.ts';

export const de = {
  ui,
  frame,
  start,
  imports,
  insight,
  measures,
  work,
  settings,
  account,
  people,
} satisfies Translation<typeof en>;

/** A message that takes other values than in English does not compile. */
export type GermanValues = SameValues<Values<typeof en>, Values<typeof de>>;
