import { forPage } from '#lib/api/page.ts';
import { listPermissions } from '#lib/api/people.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => ({ matrix: await forPage(listPermissions()) });
