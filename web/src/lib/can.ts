// What may be done, so that no button leads to a refusal. Each helper names the server's rule it mirrors; the server
// decides.

interface RightLike {
  unit_id?: string | null | undefined;
  permissions: string[];
}

/** Stands above every unit. */
const ORGANISATION = '';

/** Mirrors `Rights::at`: what is allowed on a unit is allowed below it. The empty path is the whole organisation. */
export function mayAt(rights: RightLike[], permission: string, path: string[]): boolean {
  const reached = [ORGANISATION, ...path];
  return rights.some(
    ({ unit_id, permissions }) =>
      permissions.includes(permission) && reached.includes(unit_id ?? ORGANISATION),
  );
}

/** Mirrors `Rights::anywhere`. */
export function maySomewhere(rights: RightLike[], permission: string): boolean {
  return rights.some(({ permissions }) => permissions.includes(permission));
}

interface ImportLike {
  steps: string[];
}

interface UnitLike {
  id: string;
  kind: string;
  items: number;
}

/** Mirrors `ImportState::after`: the server lists the steps that are legal now. */
export function canStep(it: ImportLike, step: string): boolean {
  return it.steps.includes(step);
}

/** From the widest to the narrowest, as in `UnitKind::ALL`. */
const unitKinds = ['portfolio', 'value_stream', 'program', 'team'];

/** Mirrors `UnitTree::check_place`: a team holds no units, and nothing stands below a narrower kind. */
export function canStandBelow(childKind: string, parentKind: string | undefined): boolean {
  if (parentKind === undefined) return true;
  return parentKind !== 'team' && unitKinds.indexOf(childKind) >= unitKinds.indexOf(parentKind);
}

/** The kinds a unit below this one may have. */
export function kindsBelow(parentKind: string | undefined): string[] {
  return unitKinds.filter((kind) => canStandBelow(kind, parentKind));
}

/** Mirrors the rule of deletion: only what holds nothing can be deleted. */
export function canDeleteUnit(unit: UnitLike, childCount: number): boolean {
  return unit.items === 0 && childCount === 0;
}
