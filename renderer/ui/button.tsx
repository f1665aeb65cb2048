import type { ButtonHTMLAttributes } from 'react';
import './button.css';

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
