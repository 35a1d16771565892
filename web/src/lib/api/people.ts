// People, groups, roles, why somebody may do something, the audit log, personal data.

import { api, done, take, type Schemas } from './client.ts';

export type Person = Schemas['PersonBody'];
export type PersonDetail = Schemas['PersonDetail'];
export type Group = Schemas['GroupBody'];
export type GroupDetail = Schemas['GroupDetail'];
export type Grant = Schemas['GrantBody'];
export type Held = Schemas['HeldBody'];
export type Matrix = Schemas['Matrix'];
export type Why = Schemas['WhyBody'];
export type Accountability = Schemas['AccountabilityBody'];
export type AuditEntry = Schemas['AuditEntry'];
export type Verdict = Schemas['VerdictBody'];
export type PersonalPlace = Schemas['PersonalPlace'];
export type RetentionRule = Schemas['RetentionRule'];

export interface PeopleFilter {
  q?: string;
  state?: string;
  kind?: string;
  role?: string;
  group?: string;
  cursor?: string;
  limit?: number;
}

const given = <T extends object>(query: T): T =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== '')) as T;

export const listPeople = (filter: PeopleFilter = {}) =>
  take(api.GET('/api/v1/people', { params: { query: given(filter) } }));
export const createPerson = (body: Schemas['NewPersonBody']) => take(api.POST('/api/v1/people', { body }));
export const getPerson = (person: string) =>
  take(api.GET('/api/v1/people/{person}', { params: { path: { person } } }));
export const patchPerson = (person: string, body: Schemas['PersonPatchBody']) =>
  take(api.PATCH('/api/v1/people/{person}', { params: { path: { person } }, body }));
export const createServiceToken = (person: string, body: Schemas['NewTokenBody']) =>
  take(api.POST('/api/v1/people/{person}/tokens', { params: { path: { person } }, body }));
export const revokeServiceToken = (person: string, token: string) =>
  done(api.DELETE('/api/v1/people/{person}/tokens/{token}', { params: { path: { person, token } } }));
export const erasePerson = (person: string, name: string) =>
  done(api.POST('/api/v1/people/{person}/erasure', { params: { path: { person } }, body: { name } }));

export const listGroups = () => take(api.GET('/api/v1/groups'));
export const createGroup = (name: string) => take(api.POST('/api/v1/groups', { body: { name } }));
export const getGroup = (group: string) =>
  take(api.GET('/api/v1/groups/{group}', { params: { path: { group } } }));
export const renameGroup = (group: string, name: string) =>
  take(api.PATCH('/api/v1/groups/{group}', { params: { path: { group } }, body: { name } }));
export const deleteGroup = (group: string) =>
  done(api.DELETE('/api/v1/groups/{group}', { params: { path: { group } } }));
export const addMember = (group: string, person: string) =>
  done(api.PUT('/api/v1/groups/{group}/members/{person}', { params: { path: { group, person } } }));
export const removeMember = (group: string, person: string) =>
  done(api.DELETE('/api/v1/groups/{group}/members/{person}', { params: { path: { group, person } } }));

export const listGrants = (unit?: string) =>
  take(api.GET('/api/v1/grants', { params: { query: given({ unit }) } }));
export const createGrant = (body: Schemas['NewGrantBody']) => take(api.POST('/api/v1/grants', { body }));
export const revokeGrant = (grant: string) =>
  done(api.DELETE('/api/v1/grants/{grant}', { params: { path: { grant } } }));

export const getAccountability = (unit: string) =>
  take(api.GET('/api/v1/units/{unit}/accountability', { params: { path: { unit } } }));
export const putAccountability = (unit: string, body: Schemas['NewAccountability']) =>
  take(api.PUT('/api/v1/units/{unit}/accountability', { params: { path: { unit } }, body }));

export const listPermissions = () => take(api.GET('/api/v1/permissions'));
export const explainPermission = (permission: string, unit?: string, person?: string) =>
  take(
    api.GET('/api/v1/permissions/explain', {
      params: { query: { permission, ...given({ unit, person }) } },
    }),
  );

export interface AuditFilter {
  person?: string;
  action?: string;
  unit?: string;
  from?: string;
  to?: string;
  cursor?: string;
}

export const listAudit = (filter: AuditFilter = {}) =>
  take(api.GET('/api/v1/audit', { params: { query: given(filter) } }));
export const listOwnActivity = (cursor?: string) =>
  take(api.GET('/api/v1/session/activity', { params: { query: given({ cursor }) } }));
export const verifyAudit = () => take(api.POST('/api/v1/audit/verify', { body: { heads: [] } }));

export const listPersonalPlaces = () => take(api.GET('/api/v1/personal-data'));
export const getRetention = () => take(api.GET('/api/v1/retention'));
export const putRetention = (rules: Schemas['NewRetentionRule'][]) =>
  take(api.PUT('/api/v1/retention', { body: { rules } }));
