import { locationLabel } from '../../model/shown-text.ts';
import type { KeyboardEvent, ReactNode } from 'react';
import type { GraphNode } from '../../../host/api/api.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { inspect, openInEditor } from '../../stores/actions.ts';
import { studio, useStudio } from '../../stores/studio.ts';
import { Handle, Position, useReveal } from './flow.ts';
import type { Fact } from '../../model/graph/node-text.ts';
import type { PlanNode } from '../../model/graph/plan.ts';
import type { NodeState } from '../../model/graph/node-state.ts';
import { useIsInspected } from './use-node-state.ts';

interface CardProps {
  readonly node: PlanNode;
  /** Its accessible name. */
  readonly name: string;
  readonly state: NodeState;
  readonly className: string;
  readonly children: ReactNode;
}

/** What every card of the graph has: it can be focused, named, chosen, and lines end at it. */
export function Card({ node, name, state, className, children }: CardProps) {
  const chosen = useIsInspected(node);
  const reveal = useReveal();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') inspectCard(node);
    else if (event.key.toLowerCase() === 'e' && node.node?.at) openSource(node.node.at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className={`graph-card is-${state} ${className} ${chosen ? 'is-chosen' : ''}`}
      role="group"
      aria-label={name}
      aria-current={chosen || undefined}
      title={node.hint ?? node.node?.description}
      tabIndex={0}
      data-card={node.id}
      onKeyDown={onKeyDown}
      onFocus={event => {
        if (event.currentTarget.matches(':focus-visible')) reveal(node.id);
      }}
    >
      {children}
      <Ends />
    </div>
  );
}

/** React Flow draws no line to a node without them. Lines have their own ends (layout.ts); these are not seen. */
export function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

export function inspectCard({ kind, path }: PlanNode): void {
  if (kind === 'start') inspect({ kind: 'run' }, 'input');
  else if (kind === 'end') inspect({ kind: 'run' }, 'output');
  else if (path !== '') inspect({ kind: 'node', path });
}

/** Its state by a sign; where there is none yet, none. */
export function StateGlyph({ state }: { state: NodeState }) {
  if (state === 'idle') return null;
  return <Glyph status={state === 'unreached' ? 'waiting' : state === 'asking' ? 'paused' : state} silent />;
}

export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <p className="card-facts numbers" title={facts.map(({ text }) => text).join(' · ')}>
      {facts.map(({ text, short, bad, tone }, index) => (
        <span key={index} className={bad ? 'card-bad' : tone ? `tone-${tone}` : ''}>
          {index > 0 && <i aria-hidden> · </i>}
          {short ?? text}
        </span>
      ))}
    </p>
  );
}

type Location = NonNullable<GraphNode['at']>;

/** Where it is written; opens it there. By the keyboard: E on the card. */
export function SourceChip({ at }: { at: Location | undefined }) {
  const isExportedFile = useStudio(state => state.recording !== undefined);
  if (!at) return null;
  if (isExportedFile) return <span className="source-chip">{locationLabel(at)}</span>;
  return (
    <button
      type="button"
      className="source-chip nopan"
      tabIndex={-1}
      aria-label={`Open ${locationLabel(at)} in the editor`}
      title="Open in editor"
      onClick={event => {
        event.stopPropagation();
        openSource(at);
      }}
    >
      {locationLabel(at)}
    </button>
  );
}

function openSource({ file, line, column }: Location): void {
  if (studio.getState().recording) return;
  void openInEditor(file, line, column);
}
