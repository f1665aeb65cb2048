import { clock, counted, duration, ITEM, number } from '../../../../common/format.ts';
import type { CodeChange, LogLine } from '../../../../host/api/api.ts';
import { originText, stepText } from '../../../model/compare/compare-words.ts';
import type { CodeCell, OutputCell, StepCell, TimeCell } from '../../../model/compare/comparison.ts';
import type { InputCell } from '../../../model/compare/input-cells.ts';
import type { LogCell } from '../../../model/compare/log-cells.ts';
import { label } from '../../../model/shown-text.ts';
import { Glyph } from '../../../ui/glyph.tsx';
import { EditorLink } from '../../../ui/editor-link.tsx';
import { CodeHunk } from '../code-hunk.tsx';
import { Changes, SideValue } from '../value-changes.tsx';

/* One cell of each kind. "=" is the same as in an attempt on its left. */

function SameAs({ as, what = 'attempt' }: { as: number; what?: string }) {
  return (
    <p className="muted compare-same">
      = {what} {number(as)}
    </p>
  );
}

export function InputCellView({ cell }: { cell: InputCell }) {
  switch (cell.kind) {
    case 'same':
      return <SameAs as={cell.as} what="the same items as in attempt" />;
    case 'first':
      if (cell.values.length === 0) return <p className="mono compare-text">{label(cell.text)}</p>;
      return (
        <ul className="compare-values">
          {cell.values.map(({ item, path, side }) => (
            <li key={`${item} ${path}`}>
              <small className="numbers">#{number(item)}</small> {label(path, 100)} <SideValue side={side} />
            </li>
          ))}
        </ul>
      );
    case 'too large':
      return <p className="muted">Too large to be compared here · {originText(cell.origin)}</p>;
    case 'changes': {
      const { changes, items, counts } = cell.diff;
      const shown = new Set(changes.map(({ item }) => item)).size;
      return (
        <>
          <Changes changes={changes} item={({ item }) => item} />
          <p className="compare-origin">
            {originText(cell.origin)}
            {counts[0] !== counts[1] && ` · ${counted(counts[1], ITEM)} instead of ${number(counts[0])}`}
            {shown < items && ` · ${counted(items - shown, ITEM)} more`}
          </p>
        </>
      );
    }
  }
}

export function CodeCellView({ cell }: { cell: CodeCell }) {
  switch (cell.kind) {
    case 'first':
      return <p className="muted">as it was</p>;
    case 'same':
      return <SameAs as={cell.as} what="code of attempt" />;
    case 'unknown':
      return <p className="muted">not on record</p>;
    case 'changes':
      return cell.changes.map((change: CodeChange) => (
        <CodeHunk key={`${change.file} ${change.line}`} change={change} />
      ));
  }
}

export function StepCellView({ cell, longest }: { cell: StepCell; longest: number }) {
  const { word, ms } = cell;
  const tone = word === 'reused' ? 'succeeded' : word;
  return (
    <div className="compare-step-cell">
      <span>
        {tone === 'not reached' ? <span aria-hidden>· </span> : <Glyph status={tone} silent />}
        <b className={tone === 'failed' ? 'tone-failed' : tone === 'succeeded' ? 'tone-succeeded' : 'muted'}>
          {stepText(cell)}
        </b>
      </span>
      {ms !== undefined && (
        <>
          <i className={`compare-bar ${tone}`} style={{ width: `${(ms / longest) * 100}%` }} />
          <span className="numbers">{duration(ms)}</span>
        </>
      )}
    </div>
  );
}

export function OutputCellView({ cell }: { cell: OutputCell }) {
  switch (cell.kind) {
    case 'same':
      return <SameAs as={cell.as} />;
    case 'none':
      return <p className="muted">none</p>;
    case 'too large':
      return <p className="muted">Too large to be compared here</p>;
    case 'value':
      return <p className="mono compare-text">{label(cell.text)}</p>;
    case 'changes':
      return (
        <>
          <Changes changes={cell.changes} />
          {cell.isCut && <p className="muted">and more</p>}
        </>
      );
    case 'error': {
      const { message, at } = cell.error;
      return (
        <>
          <p className="mono tone-failed compare-text">✕ {message}</p>
          {at && <EditorLink at={at} />}
        </>
      );
    }
  }
}

const MOST_LINES = 20;

export function LogCellView({ cell, all }: { cell: LogCell; all: boolean }) {
  const lines: readonly LogLine[] = all ? cell.all : cell.lines;
  if (lines.length === 0) return <p className="muted">{cell.all.length === 0 ? 'none' : 'nothing else'}</p>;
  return (
    <>
      {lines.slice(0, MOST_LINES).map(({ id, at, level, text }) => (
        <p key={id} className={`mono compare-text compare-log ${level}`}>
          <time className="muted">{clock(at)}</time> {level !== 'info' && level !== 'log' && `${level} `}
          {label(text, 500)}
        </p>
      ))}
      {lines.length > MOST_LINES && (
        <p className="muted">and {counted(lines.length - MOST_LINES, ['line', 'lines'])} more</p>
      )}
    </>
  );
}

export function TimeCellView({
  cell: { parts, ms },
  longest,
  titleOf,
}: {
  cell: TimeCell;
  longest: number;
  titleOf: (path: string) => string;
}) {
  return (
    <div className="compare-step-cell">
      <span className="compare-parts">
        {parts.map((part, at) => (
          <i
            key={at}
            className={`compare-bar ${part.status}`}
            style={{ width: `${(part.ms / longest) * 100}%` }}
            title={`${titleOf(part.path)}: ${duration(part.ms)}`}
          />
        ))}
      </span>
      {ms !== undefined && <b className="numbers">{duration(ms)}</b>}
    </div>
  );
}
