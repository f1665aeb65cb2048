import type { ReactNode } from 'react';
import './tabs.css';

/** Where the keys of a list of tabs lead. */
const TO: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowRight: index => index + 1,
  ArrowLeft: index => index - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};

interface TabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly title: ReactNode }[];
  readonly chosen: T;
  readonly onChoose: (id: T) => void;
}

export function Tabs<T extends string>({ label, tabs, chosen, onChoose }: TabsProps<T>) {
  /** The focus goes with the choice: the next key continues from there. */
  const goTo = (from: HTMLElement, index: number) => {
    const next = tabs.at(index % tabs.length);
    if (!next) return;
    onChoose(next.id);
    from.parentElement?.querySelectorAll<HTMLElement>('[role="tab"]').item(tabs.indexOf(next)).focus();
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
            const to = TO[event.key]?.(index, tabs.length);
            if (to === undefined) return;
            event.preventDefault();
            goTo(event.currentTarget, to);
          }}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
