// Stand-ins for what the chart library expects of every engine and a bare one does not have. Drawing to text needs no
// timers: everything is drawn at once, and what would come later is never wanted.

const engine = globalThis as Record<string, unknown>;
engine.setTimeout ??= () => 0;
engine.clearTimeout ??= () => undefined;
engine.console ??= { log: () => undefined, warn: () => undefined, error: () => undefined };

export {};
