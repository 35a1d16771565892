// Every address of the client and every address of the server that is not called through the typed client.
// A test holds the pages to the folders in `routes/`.

export type Query = Record<string, string | number | undefined>;

function at(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

const segment = encodeURIComponent;

export const paths = {
  start: () => '/',
  setUp: () => '/set-up',
  signIn: (to?: string) => at('/sign-in', { to: to === '/' ? undefined : to }),
  organisation: () => '/organisation',
  imports: () => '/imports',
  newImport: (unit?: string) => at('/imports/new', { unit }),
  import: (id: string) => `/imports/${segment(id)}`,
  importReport: (id: string, query: { severity?: string; code?: string } = {}) =>
    at(`/imports/${segment(id)}/report`, query),
  importQuality: (id: string) => `/imports/${segment(id)}/quality`,
  quality: () => '/quality',
  units: () => '/settings/units',
  newUnit: () => '/settings/units?new=unit',
  appearance: () => '/settings/appearance',
  people: () => '/admin/people',
  person: (id: string) => `/admin/people/${segment(id)}`,
  groups: () => '/admin/groups',
  group: (id: string) => `/admin/groups/${segment(id)}`,
  permissions: () => '/admin/permissions',
  audit: () => '/admin/audit',
  privacy: () => '/admin/privacy',
  activity: () => '/account/activity',
  access: (unit: string) => `/u/${segment(unit)}/access`,
  unit: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}`, query),
  cycleTime: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/cycle-time`, query),
  wip: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/wip`, query),
  cumulativeFlow: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/cumulative-flow`, query),
  behaviour: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/behaviour`, query),
  forecast: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/forecast`, query),
  timeToMarket: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/time-to-market`, query),
  delivery: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/delivery`, query),
  iterations: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/iterations`, query),
  throughput: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/throughput`, query),
  efficiency: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/efficiency`, query),
  blockers: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/blockers`, query),
  distribution: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/distribution`, query),
  signals: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/signals`, query),
  items: (unit: string, query: Query = {}) => at(`/u/${segment(unit)}/items`, query),
  item: (id: string) => `/items/${segment(id)}`,
  team: (unit: string) => `/u/${segment(unit)}/settings`,
};

/** The address with some of its query changed; `undefined` takes a part away, the rest stays. */
export function withQuery(
  url: { pathname: string; searchParams: { toString(): string } },
  change: Query,
): string {
  const search = new URLSearchParams(url.searchParams.toString());
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === '') search.delete(name);
    else search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${url.pathname}?${text}` : url.pathname;
}

/** The query that stays when one goes from page to page of a scope: the period and the type. */
export function keptQuery(url: { searchParams: { get(name: string): string | null } }): Query {
  return Object.fromEntries(
    ['from', 'to', 'type'].map((name) => [name, url.searchParams.get(name) ?? undefined]),
  );
}

/** Pages that stand outside the frame, for people who are not signed in. */
const doors = ['/sign-in', '/set-up'];

export function isDoor(pathname: string): boolean {
  return doors.includes(pathname);
}

/** Where somebody goes behind the sign-in: the address they came from when it is one of this client's own pages. */
export function ownPath(to: string | null): string {
  const base = 'http://own';
  // Browsers read `//name`, `/\\name` and what holds line ends in other ways than they look.
  if (!to?.startsWith('/') || !URL.canParse(to, base)) return '/';
  const url = new URL(to, base);
  if (url.origin !== base || isDoor(url.pathname)) return '/';
  return url.pathname + url.search + url.hash;
}

/** What is fetched as a file or a stream, beside the typed client. */
export const apiPaths = {
  newImport: (unit: string, tracker: string) => at('/api/v1/imports', { unit, tracker }),
  events: '/api/v1/events',
  auditExport: (query: Query) => at('/api/v1/audit/export', query),
  ownData: '/api/v1/session/personal-data',
  personalData: (id: string) => `/api/v1/people/${segment(id)}/personal-data`,
  reportCsv: (id: string) => `/api/v1/imports/${segment(id)}/report.csv`,
  mappingText: (id: string) => `/api/v1/imports/${segment(id)}/mapping.toml`,
};
