import type { ReactNode } from 'react';
import { Tabs } from '../../ui/tabs.tsx';
import { studio, useStudio, type InspectorTab } from '../../stores/studio.ts';

const TITLES: Readonly<Record<InspectorTab, string>> = {
  summary: 'Summary',
  input: 'Input',
  output: 'Output',
  error: 'Error',
  logs: 'Logs',
  attempts: 'Attempts',
  effects: 'Effects',
  aside: 'Set aside',
  state: 'State',
  source: 'Source',
};

interface InspectorFrameProps {
  readonly head: ReactNode;
  /** What it has, in the order of the tabs. */
  readonly tabs: Partial<Readonly<Record<InspectorTab, () => ReactNode>>>;
  readonly actions?: ReactNode;
}

/** Head, tabs, the chosen tab's content, and what can be done. The tab stays chosen from one thing to the next that has it. */
export function InspectorFrame({ head, tabs, actions }: InspectorFrameProps) {
  const wanted = useStudio(state => state.inspectorTab);
  const ids = Object.keys(tabs) as InspectorTab[];
  const chosen = ids.includes(wanted) ? wanted : (ids[0] ?? 'summary');
  return (
    <>
      <div className="inspector-head">
        <h2>{head}</h2>
        <Tabs
          label="Inspector"
          tabs={ids.map(id => ({ id, title: TITLES[id] }))}
          chosen={chosen}
          onChoose={id => studio.setState({ inspectorTab: id })}
        />
      </div>
      <div className="inspector-body" role="tabpanel" aria-label={TITLES[chosen]}>
        {tabs[chosen]?.()}
      </div>
      {actions && <footer className="inspector-actions">{actions}</footer>}
    </>
  );
}
