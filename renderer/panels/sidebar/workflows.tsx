import { useState } from 'react';
import { useRowFocus } from '../../hooks/use-row-focus.ts';
import { byFolder, entriesOf, MANY, matching, type Entry } from '../../model/workflow-entries.ts';
import { label } from '../../model/shown-text.ts';
import { openDialog } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { Empty } from '../../ui/empty.tsx';
import { RunButton } from '../../ui/run-button.tsx';
import { EntryRow } from './workflow-row.tsx';

export function Workflows() {
  const files = useStudio(state => state.workspace?.files);
  const loading = useStudio(state => state.workspace?.loading === true);
  const notices = useStudio(state => state.workspace?.notices);
  const [filter, setFilter] = useState('');
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const all = entriesOf(files ?? []);
  const isMany = all.length > MANY;
  const folders = byFolder(isMany ? matching(all, filter) : all);
  const isFolded = (folder: string) => filter === '' && folded.has(folder);
  // A file of a folder that is not trusted cannot be opened.
  const rows: readonly Entry[] = folders.flatMap(({ folder, entries }) =>
    isFolded(folder) ? [] : entries.filter(entry => entry.kind !== 'unloaded'),
  );
  const { list, row } = useRowFocus<HTMLDivElement>(rows.length, { first: 0, last: rows.length - 1 });
  return (
    <section aria-label="Workflows" className="workflows">
      <header>
        <h2 className="label">Workflows</h2>
        <RunButton look="quiet" small onClick={() => openDialog({ kind: 'new-workflow' })}>
          New…
        </RunButton>
        {isMany && (
          <input
            type="search"
            placeholder="Filter"
            aria-label="Filter workflows by name or file"
            value={filter}
            onChange={event => setFilter(event.target.value)}
          />
        )}
      </header>
      {files?.length === 0 && <Empty>{loading ? 'Looking for workflows…' : 'No workflows in this folder yet.'}</Empty>}
      {all.length > 0 && folders.every(({ entries }) => entries.length === 0) && (
        <Empty>No workflows match the filter.</Empty>
      )}
      <div className="scroll" {...list}>
        {folders.map(({ folder, entries }) => (
          <section key={folder}>
            {folders.length > 1 && (
              <button
                type="button"
                className="folder"
                aria-expanded={!isFolded(folder)}
                onClick={() => setFolded(toggled(folded, folder))}
              >
                <span aria-hidden>{isFolded(folder) ? '▸' : '▾'}</span> {folder === '' ? 'This folder' : label(folder)}{' '}
                <small>{entries.length}</small>
              </button>
            )}
            {!isFolded(folder) && (
              <ul>
                {entries.map(entry => (
                  <EntryRow key={keyOf(entry)} entry={entry} focus={row(rows.indexOf(entry))} />
                ))}
              </ul>
            )}
          </section>
        ))}
      </div>
      {notices?.map(notice => (
        <Empty key={notice}>{label(notice)}</Empty>
      ))}
    </section>
  );
}

function keyOf(entry: Entry): string {
  return entry.kind === 'workflow' ? `${entry.file.file} ${entry.graph.id}` : entry.file.file;
}

function toggled(folded: ReadonlySet<string>, folder: string): ReadonlySet<string> {
  return folded.symmetricDifference(new Set([folder]));
}
