import { error } from '@sveltejs/kit';
import { m } from '#lib/messages/index.ts';
import { organisation } from '#lib/state/organisation.svelte.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, parent }) => {
  await parent();
  const unit = organisation.byKey(params.unit);
  if (!unit) error(404, { message: m.frame.errors.notFound, detail: m.frame.errors.notFoundHint });
  return { unit };
};
