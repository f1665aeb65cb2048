import { LOG_LEVELS, type LogFilter, type LogLevel } from '../model/log-filter.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import './log-filter-bar.css';

interface Props {
  readonly filter: LogFilter;
  readonly onChange: (filter: LogFilter) => void;
  /** The lines in view. */
  readonly copied: () => string;
  /** Saves all lines that fit, also those that are not loaded. */
  readonly onSave: () => void;
}

/** What of a log is shown, and how it leaves the screen. */
export function LogFilterBar({ filter, onChange, copied, onSave }: Props) {
  return (
    <div className="log-filter">
      <input
        type="search"
        placeholder="Search the log"
        aria-label="Search the log by text or step"
        value={filter.search}
        maxLength={500}
        onChange={event => onChange({ ...filter, search: event.target.value })}
      />
      <select
        aria-label="Level"
        value={filter.level}
        onChange={event => onChange({ ...filter, level: event.target.value as LogLevel })}
      >
        {Object.entries(LOG_LEVELS).map(([level, text]) => (
          <option key={level} value={level}>
            {text}
          </option>
        ))}
      </select>
      <label>
        <input
          type="checkbox"
          checked={filter.newestFirst}
          onChange={event => onChange({ ...filter, newestFirst: event.target.checked })}
        />{' '}
        Newest first
      </label>
      <label>
        <input
          type="checkbox"
          checked={filter.events}
          onChange={event => onChange({ ...filter, events: event.target.checked })}
        />{' '}
        Events
      </label>
      <CopyButton text={copied}>Copy</CopyButton>
      <Button small look="quiet" onClick={onSave}>
        Save…
      </Button>
    </div>
  );
}
