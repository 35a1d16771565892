// The sections of the sidebar, in the order of use. Only pages that exist: a test holds the list to the routes.

import type { IconName } from '#lib/ui/Icon.svelte';
import { m } from '#lib/messages/index.ts';
import { paths, type Query } from '#lib/paths.ts';
import type { DataKind } from '#lib/state/unit-data.svelte.ts';

interface NavPage {
  key: keyof typeof m.frame.pages;
  icon: IconName;
  /** The two-key chord, after `g`. */
  chord: string;
  href: (unit: string, query: Query) => string;
  /** Shown for teams only. */
  only?: 'team';
  /** Shown for units that have such data. */
  needs?: DataKind;
  /** Shown to whoever may do this somewhere. */
  may?: string;
  /** Shown without a unit as well. */
  always?: boolean;
}

export interface NavSection {
  label: string | undefined;
  pages: NavPage[];
}

export const sections: NavSection[] = [
  {
    label: undefined,
    pages: [
      {
        key: 'home',
        icon: 'home',
        chord: 'h',
        href: (unit, query) => (unit === '' ? paths.organisation() : paths.unit(unit, query)),
        always: true,
      },
    ],
  },
  {
    label: m.frame.sections.flow,
    pages: [
      { key: 'throughput', icon: 'bars', chord: 'r', href: paths.throughput },
      { key: 'cycleTime', icon: 'scatter', chord: 'c', href: paths.cycleTime },
      { key: 'wip', icon: 'columns', chord: 'w', href: paths.wip },
      { key: 'cumulativeFlow', icon: 'area', chord: 'l', href: paths.cumulativeFlow },
      { key: 'efficiency', icon: 'gauge', chord: 'e', href: paths.efficiency },
      { key: 'blockers', icon: 'blocked', chord: 'b', href: paths.blockers },
      { key: 'distribution', icon: 'layers', chord: 'y', href: paths.distribution },
      { key: 'behaviour', icon: 'trend', chord: 'v', href: paths.behaviour },
      { key: 'forecast', icon: 'forecast', chord: 'f', href: paths.forecast },
      { key: 'timeToMarket', icon: 'flow', chord: 'k', href: paths.timeToMarket },
      { key: 'delivery', icon: 'release', chord: 'd', href: paths.delivery, needs: 'deployments' },
      { key: 'iterations', icon: 'iterations', chord: 'n', href: paths.iterations, needs: 'iterations' },
      { key: 'signals', icon: 'watch', chord: 's', href: paths.signals },
      { key: 'items', icon: 'list', chord: 'i', href: paths.items },
    ],
  },
  {
    label: m.frame.sections.data,
    pages: [
      { key: 'imports', icon: 'upload', chord: 'm', href: () => paths.imports(), always: true },
      { key: 'quality', icon: 'shield', chord: 'q', href: () => paths.quality(), always: true },
    ],
  },
  {
    label: m.frame.sections.settings,
    pages: [
      { key: 'units', icon: 'tree', chord: 'u', href: () => paths.units(), always: true },
      { key: 'team', icon: 'settings', chord: 't', href: paths.team, only: 'team' },
      { key: 'access', icon: 'eye', chord: 'o', href: paths.access, may: 'invite' },
      { key: 'appearance', icon: 'light', chord: 'a', href: () => paths.appearance(), always: true },
    ],
  },
  {
    label: m.frame.sections.administration,
    pages: [
      {
        key: 'people',
        icon: 'team',
        chord: 'p',
        href: () => paths.people(),
        may: 'manage_people',
        always: true,
      },
      {
        key: 'groups',
        icon: 'layers',
        chord: 'j',
        href: () => paths.groups(),
        may: 'manage_people',
        always: true,
      },
      { key: 'permissions', icon: 'shield', chord: 'x', href: () => paths.permissions(), always: true },
      {
        key: 'audit',
        icon: 'list',
        chord: 'z',
        href: () => paths.audit(),
        may: 'read_audit',
        always: true,
      },
      { key: 'privacy', icon: 'info', chord: '1', href: () => paths.privacy(), always: true },
    ],
  },
];

/** Whether the navigation offers this page for a unit, or without one. */
export function isOffered(
  page: NavPage,
  unit: { key: string; kind: string } | undefined,
  has: (unit: string, kind: DataKind) => boolean,
  maySomewhere: (permission: string) => boolean = () => true,
): boolean {
  if (page.may !== undefined && !maySomewhere(page.may)) return false;
  if (unit === undefined) return page.always === true;
  if (page.only === 'team' && unit.kind !== 'team') return false;
  return page.needs === undefined || has(unit.key, page.needs);
}
