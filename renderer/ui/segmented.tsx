import './segmented.css';

interface Props<T extends string> {
  readonly label: string;
  readonly choices: readonly { readonly id: T; readonly title: string }[];
  readonly chosen: T;
  readonly onChoose: (id: T) => void;
}

/** One of a few ways to look at the same. */
export function Segmented<T extends string>({ label, choices, chosen, onChoose }: Props<T>) {
  return (
    <div className="segmented" role="group" aria-label={label}>
      {choices.map(({ id, title }) => (
        <button key={id} type="button" aria-pressed={id === chosen} onClick={() => onChoose(id)}>
          {title}
        </button>
      ))}
    </div>
  );
}
