// Signing in and out, and one's own account.

import { api, done, take, type Schemas } from './client.ts';

export type SessionBody = Schemas['SessionBody'];
export type Right = Schemas['Right'];

export const getSession = () => take(api.GET('/api/v1/session'));
export const signIn = (body: Schemas['SignInBody']) => take(api.POST('/api/v1/session', { body }));
export const signOut = () => done(api.DELETE('/api/v1/session'));
export const setUp = (body: Schemas['SetUpBody']) => take(api.POST('/api/v1/set-up', { body }));
