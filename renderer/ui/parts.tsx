import type { ButtonHTMLAttributes, ReactNode } from 'react';
import type { BatchStatus, Counts, RunStatus, StepStatus } from '../../host/api/api.ts';
import { number, percent } from '../../common/format.ts';
import { GLYPH } from '../../common/status.ts';
import './parts.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly small?: boolean;
  /** The key that does the same, shown beside it. */
  readonly shortcut?: string | undefined;
}

export function Button({ look = 'plain', small = false, shortcut, children, className = '', ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`button ${look === 'plain' ? '' : look} ${small ? 'small' : ''} ${className}`}
      aria-keyshortcuts={shortcut}
      {...rest}
    >
      {children}
      {shortcut && (
        <kbd className="key" aria-hidden>
          {shortcut}
        </kbd>
      )}
    </button>
  );
}

/** A state by its sign; the word is there for those who do not see it. */
export function Glyph({
  status,
  silent = false,
}: {
  status: BatchStatus | RunStatus | StepStatus | 'skipped';
  silent?: boolean;
}) {
  return (
    <span className={`glyph tone-${status}`}>
      <span aria-hidden>{GLYPH[status]}</span>
      {!silent && <span className="visually-hidden">{status}</span>}
    </span>
  );
}

/** Parts in proportion. One failure among thousands still shows: a part is never narrower than 2 px. */
export function Bar({ counts, label }: { counts: Counts; label?: string }) {
  const parts = (['succeeded', 'failed', 'cancelled', 'running'] as const).filter(part => counts[part] > 0);
  return (
    <div
      className="bar"
      role="img"
      aria-label={
        label ?? `${number(counts.succeeded)} of ${number(counts.total)} done, ${number(counts.failed)} failed`
      }
    >
      {parts.map(part => (
        <i key={part} className={part} style={{ width: `${percent(counts[part], counts.total)}%` }} />
      ))}
    </div>
  );
}

interface TabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly title: ReactNode }[];
  readonly chosen: T;
  readonly onChoose: (id: T) => void;
}

export function Tabs<T extends string>({ label, tabs, chosen, onChoose }: TabsProps<T>) {
  const move = (from: number, by: number) => {
    const next = tabs[(from + by + tabs.length) % tabs.length];
    if (next) onChoose(next.id);
  };
  return (
    <div className="tabs" role="tablist" aria-label={label}>
      {tabs.map(({ id, title }, index) => (
        <button
          key={id}
          type="button"
          role="tab"
          aria-selected={id === chosen}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => onChoose(id)}
          onKeyDown={event => {
            if (event.key === 'ArrowRight') move(index, 1);
            if (event.key === 'ArrowLeft') move(index, -1);
          }}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <div className="empty">{children}</div>;
}
