/**
 * Who may import whom: the one table of allowed arrows. A folder may import itself, what is named here, and npm
 * packages it is not denied. `oxlint.config.ts` makes lint rules of it; docs/architecture.md draws it.
 */
export const ARROWS = {
  common: [],
  'engine/workflow': ['common'],
  'engine/store': ['common', 'engine/workflow'],
  'engine/load': ['common'],
  'engine/run': ['common', 'engine/workflow', 'engine/store', 'engine/load'],
  'engine/remote': ['common', 'engine/store', 'engine/run'],
  'engine/runner': ['common', 'engine/workflow', 'engine/store', 'engine/load', 'engine/run', 'engine/remote'],
  'engine/testing': ['common', 'engine/workflow', 'engine/store', 'engine/run', 'engine/program'],
  'engine/program': ['common', 'engine/workflow', 'engine/store', 'engine/run', 'engine/runner'],
  host: ['common', 'engine'],
  cli: ['common', 'engine', 'host'],
  electron: ['common', 'host'],
  'renderer/model': ['common', 'host/api'],
  'renderer/client': ['common', 'host/api', 'renderer/model'],
  'renderer/stores': ['common', 'host/api', 'renderer/model', 'renderer/client'],
  'renderer/hooks': ['common', 'host/api', 'renderer/model', 'renderer/stores'],
  'renderer/ui': ['common', 'host/api', 'renderer/model', 'renderer/stores', 'renderer/hooks'],
  'renderer/panels': ['common', 'host/api', 'renderer/model', 'renderer/stores', 'renderer/hooks', 'renderer/ui'],
  'renderer/dialogs': ['common', 'host/api', 'renderer/model', 'renderer/stores', 'renderer/hooks', 'renderer/ui'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Packages that only some folders may import, with the reason. Those that are not named are for everyone. */
export const PACKAGES: readonly {
  readonly packages: readonly string[];
  readonly onlyIn: readonly string[];
  readonly why: string;
}[] = [
  {
    packages: ['electron'],
    onlyIn: ['electron'],
    why: 'Only the desktop shell knows Electron: engine, host and page run without it.',
  },
  {
    packages: ['react', 'react-dom', 'zustand'],
    onlyIn: ['renderer/stores', 'renderer/hooks', 'renderer/ui', 'renderer/panels', 'renderer/dialogs'],
    why: 'Only the page has a screen, and its model does not know what draws it.',
  },
  { packages: ['better-sqlite3'], onlyIn: ['engine/store'], why: 'All SQL stands in engine/store.' },
  {
    packages: ['@xyflow/react'],
    onlyIn: [],
    why: 'What the app takes of React Flow is in renderer/panels/graph/flow.ts.',
  },
];
