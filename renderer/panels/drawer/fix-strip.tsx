import { useMemo, type ReactNode } from 'react';
import { unitOf } from '../../../common/graph-nodes.ts';
import { counted, BATCH, ITEM, number } from '../../../common/format.ts';
import type { ItemCheck, Result } from '../../../host/api/api.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { useNow } from '../../hooks/use-now.ts';
import { itemName } from '../../model/items/at-fault.ts';
import {
  allPass,
  CHECKED_WORDS,
  checkedItems,
  lineToFix,
  passText,
  rerunOfTheirs,
  savedText,
  type CheckedItem,
} from '../../model/items/fix-progress.ts';
import { label, locationLabel } from '../../model/shown-text.ts';
import { askToRerun, openDialog, openInEditor } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { checkItems } from '../../stores/items.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { RunButton } from '../../ui/run-button.tsx';
import { useUnit } from './items-at-fault.tsx';
import './fix-strip.css';

const LONGEST_LINE = 160;
const MOST_NAMED = 3;
const MOST_MARKS = 40;

type SavedFile = Result<'getSavedChange'>['files'][number];

/** Above the causes, once items at fault are known: four steps from red to green. */
export function FixStrip() {
  const run = useStudio(state => state.runId);
  const findings = useStudio(state => state.findings);
  const check = useStudio(state => state.check);
  const causes = useStudio(state => state.problems?.causes);
  const progress = useStudio(state => state.progress);
  const isChanged = useStudio(state => state.detail?.codeChanged === true);
  const items = findings?.items;
  const checked = useMemo(() => checkedItems(items ?? [], check), [items, check]);
  const saved = useSaved(run, check, isChanged);
  const isExportedFile = useStudio(state => state.recording !== undefined);
  if (isExportedFile || !findings || !items || items.length === 0 || !progress || progress.status === 'running')
    return null;
  const at = lineToFix(items, causes ?? []);
  const areFixed = allPass(checked);
  const { request, batches } = rerunOfTheirs(findings, progress);
  return (
    <ol className="fix-strip" aria-label="From red to green">
      <Step number={1} title="Open" isDone={saved !== undefined}>
        {at && (
          <Button small onClick={() => void openInEditor(at.file, at.line, at.column)}>
            {locationLabel(at)}
          </Button>
        )}
      </Step>
      <Step number={2} title={saved ? <Ago file={saved} /> : 'Change it and save'} isDone={saved !== undefined}>
        {saved ? <Change file={saved} /> : <p className="muted">Each item is tried again as you save.</p>}
      </Step>
      <Step
        number={3}
        title={<ItemsTitle checked={checked} check={check} isChanged={saved !== undefined} />}
        isDone={areFixed}
      >
        <Items checked={checked} check={check} isChanged={saved !== undefined} />
      </Step>
      <Step number={4} title="Re-run" isDone={false}>
        <RunButton
          small
          look={areFixed ? 'primary' : 'plain'}
          disabled={!areFixed}
          title={
            areFixed
              ? undefined
              : 'Enabled when all items at fault pass. The buttons below re-run batches that are not proven.'
          }
          onClick={() => askToRerun(request, counted(batches, BATCH))}
        >
          Re-run {counted(batches, BATCH)}
        </RunButton>
      </Step>
    </ol>
  );
}

/** What was saved since the run; loaded again with each save. */
function useSaved(run: number | undefined, check: ItemCheck | undefined, isChanged: boolean): SavedFile | undefined {
  // A check begins with each save; one that goes on reads the same file.
  const version = `${isChanged} ${check?.state ?? ''}`;
  const loaded = useLoad(run === undefined ? undefined : () => api().getSavedChange({ run }), [run], version);
  return loaded.state === 'loaded' ? loaded.value.files[0] : undefined;
}

interface StepProps {
  readonly number: number;
  readonly title: ReactNode;
  readonly isDone: boolean;
  readonly children: ReactNode;
}

function Step({ number: step, title, isDone, children }: StepProps) {
  return (
    <li className={isDone ? 'done' : ''}>
      <b>
        <i aria-hidden>{step}</i>
        <span>{title}</span>
      </b>
      <div>{children}</div>
    </li>
  );
}

function Ago({ file: { savedAt, hunks } }: { file: SavedFile }) {
  const now = useNow(true);
  return (
    <>
      {savedText(savedAt, now)}
      {hunks > 1 && <small className="muted"> · 1 of {number(hunks)} changes</small>}
    </>
  );
}

function Change({ file: { file, first } }: { file: SavedFile }) {
  if (!first) return <p className="muted">{label(file, 200)} has changed.</p>;
  const lines = [
    ...first.removed.map(text => ({ sign: '−', text })),
    ...first.added.map(text => ({ sign: '+', text })),
  ];
  return (
    <pre className="fix-change" tabIndex={0} aria-label={`Change in ${label(file, 200)} at line ${first.line}`}>
      {lines.map(({ sign, text }, index) => (
        <span key={index} className={sign === '+' ? 'added' : 'removed'}>
          {sign} {label(text.trim(), LONGEST_LINE)}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}

interface ItemsProps {
  readonly checked: readonly CheckedItem[];
  readonly check: ItemCheck | undefined;
  readonly isChanged: boolean;
}

function ItemsTitle({ checked, check, isChanged }: ItemsProps) {
  const unit = useUnit();
  if (check?.problem) return 'The file cannot be tried';
  if (!isChanged && !check) return `${counted(checked.length, unit)} at fault`;
  if (check?.state === 'checking') return `Trying ${number(check.results.length)} of ${number(check.total)}…`;
  return check && check.asks !== true ? passText(checked) : 'Do they pass now?';
}

function Items({ checked, check, isChanged }: ItemsProps) {
  if (check?.problem) return <p className="wrong">{label(check.problem.message, 300)}</p>;
  if (check?.asks === true)
    return (
      <RunButton small onClick={() => openDialog({ kind: 'find-items', request: {}, isCheck: true })}>
        Try them…
      </RunButton>
    );
  if (!check)
    return isChanged ? (
      <RunButton small onClick={() => void checkItems()}>
        Try them
      </RunButton>
    ) : null;
  const failing = checked.filter(({ as }) => as === 'fails' || as === 'needs-effect');
  return (
    <>
      <p className="fix-marks" role="status" aria-label={passText(checked)}>
        {checked.slice(0, MOST_MARKS).map(({ item, as, message }) => (
          <i
            key={`${item.scope} ${item.item}`}
            className={as}
            title={`${itemName(item, ITEM)}: ${message ?? CHECKED_WORDS[as]}`}
          >
            {MARKS[as]}
          </i>
        ))}
        {checked.length > MOST_MARKS && <small>+{number(checked.length - MOST_MARKS)}</small>}
      </p>
      {failing.length > 0 && (
        <ul className="fix-failing">
          {failing.slice(0, MOST_NAMED).map(one => (
            <Failing key={`${one.item.scope} ${one.item.item}`} of={one} />
          ))}
          {failing.length > MOST_NAMED && <li className="muted">and {number(failing.length - MOST_NAMED)} more</li>}
        </ul>
      )}
    </>
  );
}

function Failing({ of: { item, as, message } }: { of: CheckedItem }) {
  const graph = useStudio(state => state.detail?.graph);
  return (
    <li>
      <b>{itemName(item, graph ? unitOf(graph, item.path) : ITEM)}</b> {label(message ?? CHECKED_WORDS[as], 160)}
    </li>
  );
}

const MARKS = { passes: '✓', fails: '✕', 'needs-effect': '–', unknown: '·' } as const;
