import type { ContentLine } from '../../host/api/recording.ts';
import './contents-list.css';

const SIGNS: Readonly<Record<ContentLine['how'], string>> = { 'in it': '✓', hidden: '•••', 'not in it': '–' };

/** What is in an exported file, what is hidden in it, and what is not. */
export function ContentsList({ contents }: { readonly contents: readonly ContentLine[] }) {
  return (
    <ul className="contents-list" aria-label="What is in the file">
      {contents.map(({ what, how, detail }) => (
        <li key={what} className={how === 'not in it' ? 'is-out' : undefined}>
          <span className="contents-how">
            <i aria-hidden>{SIGNS[how]}</i> {how}
          </span>
          <b>{what}</b>
          <span className="muted">{detail}</span>
        </li>
      ))}
    </ul>
  );
}
