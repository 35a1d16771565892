// What a hue stands for: the same on every screen.

const types: Record<string, string> = {
  feature: 'var(--work-feature)',
  defect: 'var(--work-defect)',
  debt: 'var(--work-debt)',
  risk: 'var(--work-risk)',
};

export function workTypeHue(workType: string): string {
  return types[workType] ?? 'var(--work-unmapped)';
}

const categories: Record<string, string> = {
  todo: 'var(--neutral-8)',
  active: 'var(--data-1)',
  waiting: 'var(--data-2)',
  done: 'var(--good)',
  cancelled: 'var(--neutral-7)',
};

export function categoryHue(category: string): string {
  return categories[category] ?? 'var(--neutral-8)';
}
