import { Dialog } from '@base-ui/react/dialog';
import { useMemo, useState } from 'react';
import { closeDialog } from '../../stores/actions.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { api } from '../../stores/host.ts';
import type { ListedRun } from '../../../host/api/api.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { useStudio } from '../../stores/studio.ts';
import { presenterCommands, presentersRun } from './presenter-commands.ts';
import { availableCommands, matchingCommands, runCommand, type Command } from './commands.ts';
import './palette.css';

const MOST_ENTRIES = 50;
const NONE: readonly Command[] = [];

/** Runs that the host finds among all of the store: the page has only the newest ones. */
function useFoundRuns(query: string, commandOf: (run: ListedRun) => Command): readonly Command[] {
  const search = async () => ({
    query,
    runs: query.trim() === '' ? [] : await api().listRuns({ search: query, limit: MOST_ENTRIES }),
  });
  const found = useLoad(search, [], query);
  // An answer to what was typed before says nothing of this.
  const answer = found.state === 'loaded' && found.value.query === query ? found.value.runs : undefined;
  return useMemo(() => answer?.map(commandOf) ?? NONE, [answer, commandOf]);
}

/** What the palette offers and says: in the presentation it is another one, in the language there. */
function usePaletteContents() {
  const isPresenting = useStudio(state => state.presenting);
  const text = usePresentationText();
  return useMemo(
    () =>
      isPresenting
        ? {
            name: text.keys.search,
            ...text.palette,
            lang: text.wording.locale,
            commands: () => presenterCommands(text),
            commandOf: presentersRun(text),
          }
        : {
            name: 'Search or run a command',
            results: 'Results',
            none: 'No results',
            lang: undefined,
            commands: availableCommands,
            commandOf: runCommand,
          },
    [isPresenting, text],
  );
}

/** Everything by name: what can be done now, workflows, runs, and steps of the open graph. */
export function Palette() {
  const { name, results, none, lang, commands, commandOf } = usePaletteContents();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const found = useFoundRuns(query, commandOf);
  const entries = useMemo(
    () => matchingCommands(commands(), query, found).slice(0, MOST_ENTRIES),
    [query, found, commands],
  );
  const run = (entry: Command | undefined) => {
    closeDialog();
    entry?.run();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by !== 0) {
      event.preventDefault();
      setChosen(before => (before + by + entries.length) % Math.max(1, entries.length));
    }
    // What ends the composition of a word does not choose.
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    // Closing gives the focus back at once: without this, the same key would press the button that gets it.
    event.preventDefault();
    run(entries[chosen]);
  };
  return (
    <Dialog.Root
      open
      onOpenChange={isOpen => {
        if (!isOpen) closeDialog();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="palette" lang={lang} aria-label={name}>
          <input
            role="combobox"
            aria-expanded
            aria-controls="palette-list"
            aria-activedescendant={entries.length > 0 ? `palette-${chosen}` : undefined}
            aria-label={name}
            placeholder={name}
            value={query}
            onKeyDown={onKeyDown}
            onChange={event => {
              setQuery(event.target.value);
              setChosen(0);
            }}
          />
          <ul id="palette-list" role="listbox" aria-label={results}>
            {entries.map((entry, index) => (
              <li
                key={entry.id}
                id={`palette-${index}`}
                role="option"
                aria-selected={index === chosen}
                onMouseMove={() => setChosen(index)}
                onClick={() => run(entry)}
              >
                <span>{entry.title}</span>
                <small>{entry.hint}</small>
              </li>
            ))}
            {entries.length === 0 && (
              <li className="none" role="option" aria-selected={false}>
                {none}
              </li>
            )}
          </ul>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
