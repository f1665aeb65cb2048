import type { ButtonHTMLAttributes } from 'react';
import './button.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Filled, `primary` or `danger`, is the one next step of a screen. Other buttons that run what is not proven are a `rerun`. */
  readonly look?: 'plain' | 'primary' | 'danger' | 'rerun' | 'quiet';
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
