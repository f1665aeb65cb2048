import { Dialog } from '@base-ui/react/dialog';
import { useRef, type FormHTMLAttributes, type ReactNode } from 'react';
import './modal.css';

interface ModalProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** The buttons at its foot. */
  readonly actions: ReactNode;
  /** Above the buttons, always in view. */
  readonly foot?: ReactNode;
  readonly wide?: boolean;
  /** Makes it a form, which Enter sends. */
  readonly form?: Pick<FormHTMLAttributes<HTMLFormElement>, 'onSubmit' | 'onKeyDown' | 'noValidate'>;
}

/** A dialog in front of everything: takes the focus, gives it back, and closes with Escape. */
export function Modal({ title, onClose, children, actions, foot, wide = false, form }: ModalProps) {
  const popup = useRef<HTMLDivElement>(null);
  const content = (
    <>
      <Dialog.Title className="modal-title">{title}</Dialog.Title>
      <div className="modal-body">{children}</div>
      {foot}
      <div className="modal-actions">{actions}</div>
    </>
  );
  return (
    <Dialog.Root
      open
      onOpenChange={open => {
        if (!open) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup
          ref={popup}
          initialFocus={() => firstInput(popup.current)}
          className={`modal ${wide ? 'wide' : ''}`}
        >
          {form ? (
            // Within the dialog: no element is a form and a dialog at once.
            <form className="modal-form" {...form}>
              {content}
            </form>
          ) : (
            content
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Where there is nothing to type in one line, Enter does what the dialog is for. Without a form, the first button has the focus. */
function firstInput(popup: HTMLElement | null): HTMLElement | true {
  const input = popup?.querySelector<HTMLElement>('.modal-body input:enabled') ?? undefined;
  return input ?? popup?.querySelector<HTMLElement>('[type="submit"]:enabled') ?? true;
}
